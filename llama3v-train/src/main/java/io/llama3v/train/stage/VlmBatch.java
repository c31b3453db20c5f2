package io.llama3v.train.stage;

import io.llama3v.adapter.ImageBatch;
import io.llama3v.llama.TextBatch;
import io.llama3v.text.CrossAttentionSpans;
import io.llama3v.text.Encoded;
import io.llama3v.vision.image.MllamaTransform;
import io.llama3v.vision.image.TiledImage;
import java.util.List;

/**
 * Texts with their images, ready for the model.
 *
 * @param text token ids and labels
 * @param images the images, or null if no text has any
 */
public record VlmBatch(TextBatch text, ImageBatch images) {
  /** One text and the images its image tokens stand for. */
  public record Item(Encoded text, List<TiledImage> images) {}

  /** Pads texts to the longest, and rows to the largest number of images. */
  public static VlmBatch collate(List<Item> items, MllamaTransform transform, int pad) {
    TextBatch text = TextBatch.padded(items.stream().map(i -> i.text.ids()).toList(), items.stream().map(i -> i.text.labels()).toList(), pad);
    int most = items.stream().mapToInt(i -> i.images.size()).max().orElse(0);
    if (most == 0) return new VlmBatch(text, null);
    int rows = items.size();
    int tiles = transform.layout().maxTiles();
    float[] pixels = new float[rows * most * transform.floats()];
    int[][] ratios = new int[rows][most];
    int[][] counts = new int[rows][most];
    float[] seen = new float[rows * text.length() * most * tiles];
    for (int r = 0; r < rows; r++) {
      Item item = items.get(r);
      int[] own = new int[item.images.size()];
      for (int i = 0; i < most; i++) {
        counts[r][i] = 1; // a padding image counts its first tile, as the reference does
        if (i >= own.length) continue;
        TiledImage image = item.images.get(i);
        System.arraycopy(image.pixels(), 0, pixels, (r * most + i) * transform.floats(), transform.floats());
        ratios[r][i] = image.aspectRatioId();
        counts[r][i] = own[i] = image.tiles();
      }
      spread(CrossAttentionSpans.of(item.text.imagePositions(), text.length()).dense(text.length(), own, tiles), own.length, most, tiles,
          seen, r * text.length() * most * tiles);
    }
    return new VlmBatch(text, new ImageBatch(rows, most, tiles, transform.layout().tileSize(), pixels, ratios, counts, seen));
  }

  /** Copies a mask [L, own, T] into the first {@code own} places of [L, most, T]. */
  private static void spread(float[] dense, int own, int most, int tiles, float[] target, int offset) {
    if (own == 0) return;
    for (int t = 0; t < dense.length / (own * tiles); t++) {
      System.arraycopy(dense, t * own * tiles, target, offset + t * most * tiles, own * tiles);
    }
  }
}

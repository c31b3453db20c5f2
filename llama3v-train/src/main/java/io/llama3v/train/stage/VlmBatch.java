package io.llama3v.train.stage;

import io.llama3v.adapter.ImageBatch;
import io.llama3v.llama.RowPacking;
import io.llama3v.llama.TextBatch;
import io.llama3v.text.CrossAttentionSpans;
import io.llama3v.text.Encoded;
import io.llama3v.vision.image.MllamaTransform;
import io.llama3v.vision.image.TiledBatch;
import io.llama3v.vision.image.TiledImage;
import java.util.ArrayList;
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

  /** Pads texts to the longest, and rows to the largest number of images; a text may have none. */
  public static VlmBatch collate(List<Item> items, MllamaTransform transform, int pad) {
    return collate(items, RowPacking.oneEach(items.size()), transform, pad);
  }

  /**
   * The same with several texts in a row, each blind to the others and to their images. Texts of a row that bring the very same
   * {@link TiledImage} share it, so that it is encoded once.
   */
  public static VlmBatch collate(List<Item> items, RowPacking packing, MllamaTransform transform, int pad) {
    TextBatch text = TextBatch.packed(items.stream().map(i -> i.text.ids()).toList(), items.stream().map(i -> i.text.labels()).toList(),
        pad, packing);
    List<List<TiledImage>> shown = packing.rows().stream().map(row -> distinct(items, row)).toList();
    if (shown.stream().allMatch(List::isEmpty)) return new VlmBatch(text, null);
    TiledBatch packed = TiledBatch.of(shown, transform);
    int rows = text.rows();
    int most = packed.images();
    int tiles = transform.layout().maxTiles();
    float[] seen = new float[Math.multiplyExact(rows * text.length(), most * tiles)];
    for (int r = 0; r < rows; r++) {
      int at = 0;
      List<Integer> row = packing.rows().get(r);
      for (int i : row) {
        Item item = items.get(i);
        // Alone in its row a text sees its images up to the padding's end, which is what a prompt's continuation goes by.
        int length = row.size() == 1 ? text.length() : item.text.length();
        see(item, length, shown.get(r), most, tiles, seen, (r * text.length() + at) * most * tiles);
        at += item.text.length();
      }
    }
    return new VlmBatch(text, new ImageBatch(rows, most, tiles, transform.layout().tileSize(), packed.pixels(), packed.aspectRatioIds(),
        packed.tileCounts(), seen));
  }

  /** The images of a row in the order in which they first appear, each once. */
  private static List<TiledImage> distinct(List<Item> items, List<Integer> row) {
    List<TiledImage> found = new ArrayList<>();
    for (int i : row) for (TiledImage image : items.get(i).images) if (place(found, image) < 0) found.add(image);
    return found;
  }

  private static int place(List<TiledImage> images, TiledImage image) {
    for (int i = 0; i < images.size(); i++) if (images.get(i) == image) return i;
    return -1;
  }

  /** Marks in [L, most, T], from {@code offset} on, which tiles the tokens of a text see. */
  private static void see(Item item, int length, List<TiledImage> shown, int most, int tiles, float[] seen, int offset) {
    int own = item.images.size();
    if (own == 0) return;
    int[] counts = item.images.stream().mapToInt(TiledImage::tiles).toArray();
    float[] dense = CrossAttentionSpans.of(item.text.imagePositions(), length).dense(length, counts, tiles);
    for (int t = 0; t < length; t++) {
      for (int i = 0; i < own; i++) {
        int target = offset + (t * most + place(shown, item.images.get(i))) * tiles;
        for (int k = 0; k < tiles; k++) seen[target + k] = Math.max(seen[target + k], dense[(t * own + i) * tiles + k]);
      }
    }
  }
}

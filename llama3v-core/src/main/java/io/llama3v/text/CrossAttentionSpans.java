package io.llama3v.text;

import java.util.Arrays;

/**
 * Which stretch of text may attend to which image: text position t sees image i where {@code starts[i] <= t < ends[i]}.
 *
 * <p>An image is seen from its own token up to the next image's, the last one to the end of the sequence; images that follow one
 * another without text between share the end of the last of them. A lone image is seen to the end of whatever sequence the mask is
 * made for, which is written as the end {@link #TO_THE_END}. Source: Meta's {@code create_vision_mask} (llama-models) and Hugging
 * Face's {@code processing_mllama.py}, which agree.
 *
 * @param starts position of each image's token
 * @param ends first position that no longer sees the image
 */
public record CrossAttentionSpans(int[] starts, int[] ends) {
  public static final int TO_THE_END = -1;

  public CrossAttentionSpans {
    if (starts.length != ends.length) {
      throw new IllegalArgumentException(starts.length + " starts but " + ends.length + " ends");
    }
  }

  /**
   * Spans of the images whose tokens stand at {@code imagePositions}, ascending, in a sequence of {@code length} tokens (without
   * padding).
   */
  public static CrossAttentionSpans of(int[] imagePositions, int length) {
    int images = imagePositions.length;
    int[] ends = new int[images];
    for (int i = images - 1; i >= 0; i--) {
      int next = i + 1 < images ? imagePositions[i + 1] : length;
      if (imagePositions[i] < 0 || imagePositions[i] >= next) {
        throw new IllegalArgumentException("image positions " + Arrays.toString(imagePositions) + " do not ascend within " + length
            + " tokens");
      }
      boolean adjacent = i + 1 < images && next == imagePositions[i] + 1;
      ends[i] = adjacent ? ends[i + 1] : next;
    }
    if (images == 1) {
      ends[0] = TO_THE_END;
    }
    return new CrossAttentionSpans(imagePositions.clone(), ends);
  }

  /** Spans of an encoded sample. */
  public static CrossAttentionSpans of(Encoded sample) {
    return of(sample.imagePositions(), sample.length());
  }

  public int images() {
    return starts.length;
  }

  /** Whether the token at {@code position} may attend to image {@code image}. */
  public boolean sees(int position, int image) {
    return position >= starts[image] && (ends[image] == TO_THE_END || position < ends[image]);
  }

  /**
   * The mask over tiles.
   *
   * @param length rows L, usually the padded length
   * @param tilesPerImage how many of its {@code maxTiles} places each image fills; the others stay hidden
   * @return 1 where text may attend and 0 elsewhere, row-major [L, images, maxTiles]
   */
  public float[] dense(int length, int[] tilesPerImage, int maxTiles) {
    if (tilesPerImage.length != starts.length) {
      throw new IllegalArgumentException(tilesPerImage.length + " tile counts for " + starts.length + " images");
    }
    int width = Math.multiplyExact(starts.length, maxTiles);
    float[] mask = new float[Math.multiplyExact(length, width)];
    for (int image = 0; image < starts.length; image++) {
      int tiles = tilesPerImage[image];
      if (tiles < 0 || tiles > maxTiles) {
        throw new IllegalArgumentException("image " + image + " has " + tiles + " tiles; at most " + maxTiles + " fit");
      }
      int end = ends[image] == TO_THE_END ? length : Math.min(ends[image], length);
      for (int position = starts[image]; position < end; position++) {
        int at = position * width + image * maxTiles;
        Arrays.fill(mask, at, at + tiles, 1f);
      }
    }
    return mask;
  }

  /** For each of {@code length} positions, whether it sees any image. Rows that see none must get no cross-attention at all. */
  public boolean[] rowsWithImage(int length) {
    boolean[] rows = new boolean[length];
    for (int position = 0; position < length; position++) {
      for (int image = 0; image < starts.length && !rows[position]; image++) {
        rows[position] = sees(position, image);
      }
    }
    return rows;
  }
}

package io.llama3v.text;

import java.util.Arrays;

/**
 * A sequence ready for the model. The arrays are the record's own and are not copied.
 *
 * @param ids token ids, length L
 * @param labels length L: the token's own id where it counts in the loss, {@link #IGNORE} elsewhere. Not shifted: the loss compares
 *     the prediction at position t with {@code labels[t + 1]}.
 * @param imagePositions positions of the image tokens, ascending
 */
public record Encoded(int[] ids, int[] labels, int[] imagePositions) {
  /** The label of tokens that are not learned. */
  public static final int IGNORE = -100;

  public Encoded {
    if (ids.length != labels.length) {
      throw new IllegalArgumentException(ids.length + " ids but " + labels.length + " labels");
    }
  }

  public int length() {
    return ids.length;
  }

  /** Tokens that count in the loss. */
  public int labelled() {
    int count = 0;
    for (int label : labels) {
      count += label == IGNORE ? 0 : 1;
    }
    return count;
  }

  /**
   * The first {@code length} tokens, or this if it is no longer than that.
   *
   * @throws IllegalArgumentException if an image token would be cut off: the sample would then show an image that no text refers to
   */
  public Encoded truncated(int length) {
    if (length >= ids.length) {
      return this;
    }
    if (imagePositions.length > 0 && imagePositions[imagePositions.length - 1] >= length) {
      throw new IllegalArgumentException("cutting " + ids.length + " tokens to " + length + " would drop the image token at position "
          + imagePositions[imagePositions.length - 1] + "; allow longer sequences or leave the sample out");
    }
    return new Encoded(Arrays.copyOf(ids, length), Arrays.copyOf(labels, length), imagePositions);
  }
}

package io.llama3v.backend;

/**
 * The windows of a convolution or a pooling over [N, H, W, C].
 *
 * @param height  rows of a window
 * @param width   columns of a window
 * @param stride  pixels from one window to the next, both ways
 * @param padding pixels around the image that windows reach into
 */
public record Windows(int height, int width, int stride, int padding) {
  /** Checks the sizes. */
  public Windows {
    if (height < 1 || width < 1 || stride < 1 || padding < 0 || padding >= Math.min(height, width)) {
      throw new IllegalArgumentException("windows of " + height + "x" + width + ", stride " + stride + ", padding " + padding
          + "; expected sizes of at least 1 and a padding below them");
    }
  }

  /** Windows above each other in an image of that height. */
  public long rows(long imageHeight) {
    return Math.floorDiv(imageHeight + 2L * padding - height, stride) + 1;
  }

  /** Windows beside each other in an image of that width. */
  public long columns(long imageWidth) {
    return Math.floorDiv(imageWidth + 2L * padding - width, stride) + 1;
  }

  /** Pixels of a window. */
  public int size() {
    return height * width;
  }

  /** The first window whose pixel {@code offset} lies within the image. */
  long first(int offset) {
    return offset >= padding ? 0 : (padding - offset + stride - 1L) / stride;
  }

  /** The first window after those whose pixel {@code offset} lies within an image of {@code size} pixels; at most {@code count}. */
  long end(int offset, long size, long count) {
    return Math.max(first(offset), Math.min(count, Math.floorDiv(size - 1 + padding - offset, stride) + 1));
  }
}

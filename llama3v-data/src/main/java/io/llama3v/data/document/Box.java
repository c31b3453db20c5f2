package io.llama3v.data.document;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A rectangle on a picture in pixels from its left upper corner; right and bottom are excluded, so that a box of one pixel is
 * {@code (x, y, x + 1, y + 1)}.
 */
public record Box(int left, int top, int right, int bottom) {
  /** Checks that it has an area. */
  public Box {
    if (right <= left || bottom <= top) {
      throw new IllegalArgumentException("a box from (" + left + ", " + top + ") to (" + right + ", " + bottom + ") has no area");
    }
  }

  /** The smallest box of whole pixels around a rectangle. */
  public static Box around(double left, double top, double right, double bottom) {
    return new Box((int) Math.floor(left), (int) Math.floor(top), Math.max((int) Math.floor(left) + 1, (int) Math.ceil(right)),
        Math.max((int) Math.floor(top) + 1, (int) Math.ceil(bottom)));
  }

  /**
   * Reads {@code [left, top, right, bottom]}, the form in which samples hold boxes.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static Box of(JsonNode array) {
    if (!array.isArray() || array.size() != 4) {
      throw new IllegalArgumentException("a box is [left, top, right, bottom]; found " + array);
    }
    return new Box(array.get(0).asInt(), array.get(1).asInt(), array.get(2).asInt(), array.get(3).asInt());
  }

  /** Width in pixels. */
  public int width() {
    return right - left;
  }

  /** Height in pixels. */
  public int height() {
    return bottom - top;
  }

  /** The smallest box around both. */
  public Box union(Box other) {
    return new Box(Math.min(left, other.left), Math.min(top, other.top), Math.max(right, other.right), Math.max(bottom, other.bottom));
  }

  /** Whether the other lies within this one. */
  public boolean contains(Box other) {
    return left <= other.left && top <= other.top && right >= other.right && bottom >= other.bottom;
  }

  /** Whether the two have a pixel in common. */
  public boolean overlaps(Box other) {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }

  /** The box moved. */
  public Box moved(int dx, int dy) {
    return new Box(left + dx, top + dy, right + dx, bottom + dy);
  }

  /** What of the box lies on a picture of that size, or null if nothing does. */
  public Box clipped(int width, int height) {
    int l = Math.max(0, left);
    int t = Math.max(0, top);
    int r = Math.min(width, right);
    int b = Math.min(height, bottom);
    return l < r && t < b ? new Box(l, t, r, b) : null;
  }

  /** The four edges in the order of the JSON form. */
  public int[] edges() {
    return new int[] {left, top, right, bottom};
  }
}

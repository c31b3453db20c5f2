package io.llama3v.tensor;

import java.util.Arrays;

/** Arithmetic on shapes. A shape is a {@code long[]}, outermost axis first; {@code []} is a scalar. */
public final class Shape {
  private Shape() {}

  /**
   * Number of elements of a shape.
   *
   * @throws IllegalArgumentException if an axis is negative or the product overflows
   */
  public static long elements(long... shape) {
    long n = 1;
    for (long axis : shape) {
      if (axis < 0) throw new IllegalArgumentException("shape " + text(shape) + " has a negative axis");
      if (Math.multiplyHigh(n, axis) != 0 || n * axis < 0) {
        throw new IllegalArgumentException("shape " + text(shape) + " has more elements than can be counted");
      }
      n *= axis;
    }
    return n;
  }

  /** {@code [2, 3]}. */
  public static String text(long... shape) {
    return Arrays.toString(shape);
  }

  /**
   * The shape of {@code a ∘ b} under NumPy's broadcasting: axes are aligned at the end, and an axis of 1 stretches.
   *
   * @throws IllegalArgumentException if two axes differ and neither is 1
   */
  public static long[] broadcast(long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] out = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= a.length ? a[a.length - i] : 1;
      long y = i <= b.length ? b[b.length - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException("shapes " + text(a) + " and " + text(b) + " do not broadcast: axis -" + i
            + " is " + x + " on one side and " + y + " on the other");
      }
      out[rank - i] = x == 1 ? y : x;
    }
    return out;
  }

  /** Element strides of {@code shape} stretched to {@code target}: 0 along every stretched axis. */
  public static long[] broadcastStrides(long[] shape, long[] target) {
    long[] strides = new long[target.length];
    long stride = 1;
    for (int i = 1; i <= shape.length; i++) {
      long axis = shape[shape.length - i];
      strides[target.length - i] = axis == 1 ? 0 : stride;
      stride *= axis;
    }
    return strides;
  }

  /** Turns a negative axis into the one counted from the front, and checks it. */
  public static int axis(int axis, int rank) {
    int a = axis < 0 ? axis + rank : axis;
    if (a < 0 || a >= rank) throw new IllegalArgumentException("axis " + axis + " is outside a tensor of rank " + rank);
    return a;
  }

  /** Product of the axes in {@code [from, to)}. */
  public static long product(long[] shape, int from, int to) {
    long n = 1;
    for (int i = from; i < to; i++) n *= shape[i];
    return n;
  }

  /** Replaces one {@code -1} by the axis that keeps {@code elements}. */
  public static long[] infer(long elements, long... wanted) {
    long[] out = wanted.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < out.length; i++) {
      if (out[i] == -1 && open < 0) open = i;
      else known = Math.multiplyExact(known, out[i]);
    }
    if (open >= 0 && known > 0 && elements % known == 0) out[open] = elements / known;
    if (elements(out) != elements) {
      throw new IllegalArgumentException(elements + " elements do not fit the shape " + text(wanted));
    }
    return out;
  }
}

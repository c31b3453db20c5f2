package io.llama3v.backend.cuda;

import java.util.Arrays;

/**
 * The axes of an output with the strides of operands along them, with neighbouring axes merged wherever every operand walks through
 * both as through one: most broadcasts and permutations of models come down to two or three axes.
 *
 * @param sizes extents, outermost first; no axis of extent 1 but where there is no other
 * @param strides for each operand its strides, 0 along an axis that it is stretched along
 */
record MergedAxes(long[] sizes, long[][] strides) {
  /** Axes that a kernel's struct has room for. */
  static final int MOST = 8;

  /** Of operands that are broadcast to a shape, aligned at the end. */
  static MergedAxes broadcast(long[] shape, long[]... operands) {
    long[][] strides = new long[operands.length][shape.length];
    for (int k = 0; k < operands.length; k++) {
      long stride = 1;
      for (int i = operands[k].length - 1, to = shape.length - 1; i >= 0; i--, to--) {
        strides[k][to] = operands[k][i] == 1 ? 0 : stride;
        stride *= operands[k][i];
      }
    }
    return merge(shape, strides);
  }

  /** Of an operand of the given shape whose axis {@code order[i]} becomes axis i. */
  static MergedAxes permuted(long[] shape, int[] order) {
    long[] dense = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      dense[i] = stride;
      stride *= shape[i];
    }
    long[] sizes = new long[order.length];
    long[] strides = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      sizes[i] = shape[order[i]];
      strides[i] = dense[order[i]];
    }
    return merge(sizes, new long[][] {strides});
  }

  static MergedAxes merge(long[] shape, long[][] strides) {
    long[] sizes = new long[Math.max(1, shape.length)];
    long[][] merged = new long[strides.length][sizes.length];
    int count = 0;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == 1) continue;
      boolean joins = count > 0;
      for (int k = 0; joins && k < strides.length; k++) joins = merged[k][count - 1] == strides[k][i] * shape[i];
      int at = joins ? count - 1 : count++;
      sizes[at] = joins ? sizes[at] * shape[i] : shape[i];
      for (int k = 0; k < strides.length; k++) merged[k][at] = strides[k][i];
    }
    if (count == 0) sizes[count++] = 1;
    long[][] cut = new long[strides.length][];
    for (int k = 0; k < cut.length; k++) cut[k] = Arrays.copyOf(merged[k], count);
    return new MergedAxes(Arrays.copyOf(sizes, count), cut);
  }

  int count() {
    return sizes.length;
  }

  /** As the kernels' struct: the number of axes, then each list filled up to {@link #MOST}. */
  long[] struct() {
    return struct(sizes, strides);
  }

  static long[] struct(long[] sizes, long[][] strides) {
    if (sizes.length > MOST) {
      throw new IllegalArgumentException("an operation over " + sizes.length + " axes that do not merge; the cuda backend has room for "
          + MOST);
    }
    long[] out = new long[1 + MOST * (1 + strides.length)];
    out[0] = sizes.length;
    System.arraycopy(sizes, 0, out, 1, sizes.length);
    for (int k = 0; k < strides.length; k++) System.arraycopy(strides[k], 0, out, 1 + MOST * (1 + k), sizes.length);
    return out;
  }
}

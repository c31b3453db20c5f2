package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * The output head and its loss in one, {@code Σ_r (log Σ_v e^{z_rv} − z_{r, label_r}) / normalizer} with {@code z = x Wᵀ}: x [rows, D],
 * W [V, D], labels I32 [rows], rows labelled {@link CrossEntropy#IGNORE} do not count. As {@link CrossEntropy} of a {@link LinearMap},
 * but logits are made for a block of rows at a time, and their gradient is taken in the same memory while the block is at hand:
 * neither logits nor probabilities of the whole batch ever exist (Wijmans et al.: Cut Your Losses, 2024, go further and keep not even
 * a block).
 */
public final class LinearCrossEntropy {
  /** Logits of a block: few enough for the caches not to lose the weights, many enough for the matrix product. */
  private static final long BLOCK_LOGITS = 1 << 22;
  /** Fewer rows would pass over the gradient of the weights too often. */
  private static final long LEAST_ROWS = 256;

  private LinearCrossEntropy() {}

  /**
   * The loss as a scalar; see the class.
   *
   * @throws IllegalArgumentException if shapes or types do not fit, or the normalizer is not a positive number
   */
  public static Tensor apply(Tensor x, Tensor weight, Tensor labels, double normalizer) {
    check(x, weight, labels);
    Checks.normalizer("linear cross entropy", normalizer);
    return apply(x, weight, labels, normalizer, blockRows(weight));
  }

  /**
   * The loss of each row, [rows]. For a W that is not trained; one that is gets its gradient from {@link CrossEntropy#perRow}, with the
   * logits of all rows, since its rows' shares cannot be told apart later.
   */
  public static Tensor perRow(Tensor x, Tensor weight, Tensor labels) {
    check(x, weight, labels);
    return perRow(x, weight, labels, blockRows(weight));
  }

  /** As {@link #perRow(Tensor, Tensor, Tensor)} with a number of rows in a block. */
  static Tensor perRow(Tensor x, Tensor weight, Tensor labels, long blockRows) {
    Backend backend = x.backend();
    boolean recording = backend.currentTape() != null;
    if (recording && weight.needsGrad()) return CrossEntropy.perRow(LinearMap.apply(x, weight, null), labels, null);
    Tensor dx = recording && x.needsGrad() ? backend.empty(x.type(), x.shape()) : null;
    Tensor losses = losses(x, weight, labels, 1, blockRows, dx, null);
    return Tape.note("linear cross entropy by row", losses, Checks.list(x), Checks.list(dx),
        dLosses -> x.addGrad(dx.mul(dLosses.reshape(-1, 1))));
  }

  private static long blockRows(Tensor weight) {
    return Math.max(LEAST_ROWS, BLOCK_LOGITS / Math.max(1, weight.size(0)));
  }

  private static void check(Tensor x, Tensor weight, Tensor labels) {
    Checks.shape("linear cross entropy", "weight", weight, -1, -1);
    Checks.shape("linear cross entropy", "x", x, -1, weight.size(1));
    Checks.shape("linear cross entropy", "labels", labels, x.size(0));
    Checks.indices("linear cross entropy", "labels", labels);
    Checks.compatible("linear cross entropy", x, weight);
  }

  /** As {@link #apply(Tensor, Tensor, Tensor, double)} with a number of rows in a block. */
  static Tensor apply(Tensor x, Tensor weight, Tensor labels, double normalizer, long blockRows) {
    Backend backend = x.backend();
    boolean recording = backend.currentTape() != null;
    Tensor dx = recording && x.needsGrad() ? backend.empty(x.type(), x.shape()) : null;
    Tensor dWeight = recording && weight.needsGrad() ? backend.empty(weight.type().accumulator(), weight.shape()) : null;
    Tensor loss = losses(x, weight, labels, normalizer, blockRows, dx, dWeight).sum().mul(1 / normalizer);
    return Tape.note("linear cross entropy", loss, Checks.list(x, weight), Checks.list(dx, dWeight), dLoss -> {
      double factor = dLoss.item();
      add(x, dx, factor);
      add(weight, dWeight, factor);
    });
  }

  /** The loss of each row; fills the gradients of their sum over {@code normalizer}, where wanted. */
  private static Tensor losses(Tensor x, Tensor weight, Tensor labels, double normalizer, long blockRows, Tensor dx, Tensor dWeight) {
    Backend backend = x.backend();
    Kernels kernels = backend.kernels();
    long rows = x.size(0);
    long width = x.size(1);
    long vocabulary = weight.size(0);
    long most = Math.max(1, Math.min(rows, blockRows));
    Tensor losses = backend.empty(x.type().accumulator(), rows);
    Tensor logSumExp = backend.empty(x.type().accumulator(), rows);
    Tensor logits = backend.empty(x.type(), most, vocabulary);
    Tensor dLosses = backend.empty(x.type().accumulator(), most);
    kernels.fill(dLosses, 1 / normalizer);
    if (dWeight != null && rows == 0) kernels.fill(dWeight, 0);
    for (long from = 0; from < rows; from += most) {
      long count = Math.min(most, rows - from);
      Tensor xs = part(x, from, count, width);
      Tensor z = part(logits, 0, count, vocabulary);
      Tensor label = part(labels, from, count);
      Tensor lse = part(logSumExp, from, count);
      kernels.linear(xs, weight, null, z);
      kernels.crossEntropy(z, label, null, CrossEntropy.IGNORE, part(losses, from, count), lse);
      if (dx == null && dWeight == null) continue;
      kernels.crossEntropyBackward(part(dLosses, 0, count), z, label, null, CrossEntropy.IGNORE, lse, z);
      if (dx != null) kernels.matmul(z, false, weight, false, part(dx, from, count, width), 1, count, width, vocabulary, 1, 0);
      if (dWeight != null) kernels.matmul(z, true, xs, false, dWeight, 1, vocabulary, width, count, 1, from == 0 ? 0 : 1);
    }
    return losses;
  }

  /** Rows of a tensor, sharing its memory. */
  private static Tensor part(Tensor t, long from, long count, long... inner) {
    long width = inner.length == 0 ? 1 : inner[0];
    long[] shape = inner.length == 0 ? new long[] {count} : new long[] {count, width};
    return new Tensor(t.backend(), t.storage(), t.type(), t.offset() + from * width, shape);
  }

  private static void add(Tensor operand, Tensor gradient, double factor) {
    if (gradient == null) return;
    if (factor != 1) operand.backend().kernels().scale(gradient, factor, gradient);
    operand.addGrad(gradient);
  }
}

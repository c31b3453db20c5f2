package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * {@code Σ_r w_r (log Σ_v e^{z_rv} − z_{r, label_r}) / normalizer} over rows whose label is not {@link #IGNORE}.
 * logits z [rows, V], labels I32 [rows], weights w [rows] or null for 1. Dividing by a count that the caller gives, rather than
 * by the count of this batch, keeps gradient accumulation right: the normaliser is the number of unmasked tokens of the whole
 * accumulation window.
 */
public final class CrossEntropy {
  /** The label of a position that does not count. */
  public static final int IGNORE = -100;

  private CrossEntropy() {}

  /**
   * The loss as a scalar; see the class.
   *
   * @throws IllegalArgumentException if the normalizer is not a positive number: a batch without labels has no loss
   */
  public static Tensor apply(Tensor logits, Tensor labels, Tensor weights, double normalizer) {
    Checks.normalizer("cross entropy", normalizer);
    return perRow(logits, labels, weights).sum().mul(1 / normalizer);
  }

  /** The loss of each row, [rows]; 0 where the label is ignored. */
  public static Tensor perRow(Tensor logits, Tensor labels, Tensor weights) {
    Checks.shape("cross entropy", "logits", logits, -1, -1);
    Checks.rows("cross entropy", logits);
    Checks.floating("cross entropy", "logits", logits);
    Checks.shape("cross entropy", "labels", labels, logits.size(0));
    Checks.indices("cross entropy", "labels", labels);
    if (weights != null) {
      Checks.shape("cross entropy", "weights", weights, logits.size(0));
      Checks.beside("cross entropy", "weights", weights, logits);
    }
    Backend backend = logits.backend();
    Tensor losses = backend.empty(logits.type().accumulator(), logits.size(0));
    Tensor logSumExp = backend.empty(logits.type().accumulator(), logits.size(0));
    backend.kernels().crossEntropy(logits, labels, weights, IGNORE, losses, logSumExp);
    return Tape.note("cross entropy", losses, Checks.list(logits), Checks.list(logits, labels, weights, logSumExp), dLosses -> {
      Tensor dLogits = backend.empty(logits.type(), logits.shape());
      backend.kernels().crossEntropyBackward(dLosses, logits, labels, weights, IGNORE, logSumExp, dLogits);
      logits.addGrad(dLogits);
    });
  }
}

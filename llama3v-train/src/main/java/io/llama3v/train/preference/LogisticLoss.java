package io.llama3v.train.preference;

import io.llama3v.backend.Backend;
import io.llama3v.ops.CrossEntropy;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;

/**
 * {@code −Σ_p log σ(m_p) / normalizer} of margins m [P, 1]: how unlikely it is, under Bradley and Terry's model (1952), that each pair is
 * ordered as it is. Computed as the cross-entropy of the logits (m, 0), which neither overflows nor loses digits.
 */
public final class LogisticLoss {
  private LogisticLoss() {}

  /** The loss as a scalar; see the class. */
  public static Tensor apply(Tensor margins, double normalizer) {
    Backend backend = margins.backend();
    int pairs = Math.toIntExact(margins.size(0));
    Tensor first = margins.type() == DType.F64 ? backend.tensor(new double[] {1, 0}, 1, 2) : backend.tensor(new float[] {1, 0}, 1, 2);
    return CrossEntropy.apply(margins.matmul(first), backend.tensor(new int[pairs], pairs), null, normalizer);
  }
}

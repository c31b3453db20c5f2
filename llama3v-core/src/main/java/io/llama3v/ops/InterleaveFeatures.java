package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * Joins the final output of the vision tower with F intermediate features in Mllama's order: the final output first, then the
 * features <em>interleaved</em> channel by channel, {@code y[…, D + c·F + f] = features[f][…, c]}. All operands [..., D];
 * result [..., D (1 + F)].
 */
public final class InterleaveFeatures {
  private InterleaveFeatures() {}

  /** Interleaves; see the class. */
  public static Tensor apply(Tensor base, Tensor... features) {
    Checks.rank("interleave features", "the base", base, 1);
    Checks.floating("interleave features", "the base", base);
    for (Tensor feature : features) {
      Checks.sameShape("interleave features", base, feature);
      Checks.sameType("interleave features", base, feature);
    }
    Backend backend = base.backend();
    long[] shape = base.shape();
    shape[shape.length - 1] *= 1 + features.length;
    Tensor y = backend.empty(base.type(), shape);
    backend.kernels().interleave(base, features, y);
    Tensor[] inputs = java.util.Arrays.copyOf(features, features.length + 1);
    inputs[features.length] = base;
    return Tape.note("interleave features", y, inputs, Checks.list(), dy -> {
      Tensor dBase = base.needsGrad() ? backend.empty(base.type(), base.shape()) : null;
      Tensor[] dFeatures = new Tensor[features.length];
      for (int i = 0; i < features.length; i++) {
        if (features[i].needsGrad()) dFeatures[i] = backend.empty(base.type(), base.shape());
      }
      backend.kernels().interleaveBackward(dy, dBase, dFeatures);
      if (dBase != null) base.addGrad(dBase);
      for (int i = 0; i < features.length; i++) if (dFeatures[i] != null) features[i].addGrad(dFeatures[i]);
    });
  }
}

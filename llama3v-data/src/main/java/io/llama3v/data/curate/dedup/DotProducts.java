package io.llama3v.data.curate.dedup;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;

/** All dot products of two sets of vectors, as one matrix product. One thread at a time. */
final class DotProducts {
  /** Rows of either side at a time: a block of results is 4 MB. */
  static final int TILE = 1024;
  /** More than rounding of single-precision sums of unit vectors can be; what lies closer to a threshold is summed anew in double. */
  static final double MARGIN = 2e-5;
  private final Backend backend;

  DotProducts(Backend backend) {
    this.backend = backend;
  }

  /** {@code out[i * n + j] = a_i . b_j} for m rows of a and n rows of b, d numbers each. */
  float[] of(float[] a, int m, float[] b, int n, int d) {
    try (Scope scope = backend.scope()) {
      Tensor c = backend.empty(DType.F32, m, n);
      backend.kernels().matmul(backend.tensor(a, m, d), false, backend.tensor(b, n, d), true, c, 1, m, n, d, 1, 0);
      return c.toFloats();
    }
  }
}

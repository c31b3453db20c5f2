package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products, one two-dimensional product at a time: those are what ND4J hands to BLAS. */
final class Products {
  private Products() {}

  static void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor c, long batch, long m, long n, long k,
      double alpha, double beta) {
    if (batch == 0 || m == 0 || n == 0) return;
    for (long i = 0; i < batch; i++) {
      try (Scratch s = new Scratch()) {
        INDArray into = Views.at(c, i * m * n, m, n);
        // Undefined contents times a beta of zero could be NaN.
        if (beta == 0) into.assign(0);
        else if (beta != 1) into.muli(beta);
        if (k > 0) {
          INDArray left = matrix(a, i * m * k, transposeA, m, k);
          INDArray right = matrix(b, i * k * n, transposeB, k, n);
          into.addi(s.of(left.mmul(right)).muli(alpha));
        }
      }
    }
  }

  private static INDArray matrix(Tensor t, long offset, boolean transposed, long rows, long columns) {
    return transposed ? Views.at(t, offset, columns, rows).transpose() : Views.at(t, offset, rows, columns);
  }

  static void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
    if (y.elements() == 0) return;
    long in = weight.size(1);
    long out = weight.size(0);
    matmul(x, false, weight, true, y, 1, y.elements() / out, out, in, 1, 0);
    if (bias != null) Views.rows(y).addi(Views.row(bias));
  }
}

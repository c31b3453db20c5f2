package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

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
          INDArray product = s.of(Nd4j.createUninitialized(c.type().nd4j(), m, n));
          multiply(matrix(a, i * m * k, transposeA, m, k), transposeA, matrix(b, i * k * n, transposeB, k, n), transposeB, product);
          into.addi(alpha == 1 ? product : product.muli(alpha));
        }
      }
    }
  }

  /** A matrix as it is stored: [rows, columns], or the other way round if it is to be transposed. */
  private static INDArray matrix(Tensor t, long offset, boolean transposed, long rows, long columns) {
    return transposed ? Views.at(t, offset, columns, rows) : Views.at(t, offset, rows, columns);
  }

  /**
   * {@code c = op(a) op(b)} for two-dimensional arrays. Not {@code INDArray.mmul}: that one leaves copies of its operands to the
   * garbage collector.
   */
  static void multiply(INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray c) {
    Nd4j.exec(DynamicCustomOp.builder("matmul").addInputs(a, b).addIntegerArguments(transposeA ? 1 : 0, transposeB ? 1 : 0)
        .addOutputs(c).build());
  }

  static void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
    if (y.elements() == 0) return;
    long in = weight.size(1);
    long out = weight.size(0);
    matmul(x, false, weight, true, y, 1, y.elements() / out, out, in, 1, 0);
    if (bias != null) Views.rows(y).addi(Views.row(bias));
  }
}

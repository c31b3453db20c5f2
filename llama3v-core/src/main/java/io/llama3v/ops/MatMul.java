package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * Batched matrix product {@code C = op(A) op(B)} over the last two axes, where op may transpose. Leading axes are batches and
 * must be equal. {@code dA = dC op(B)ᵀ}, {@code dB = op(A)ᵀ dC} (transposed once more where the operand was).
 */
public final class MatMul {
  private MatMul() {}

  /** Multiplies; see the class. */
  public static Tensor apply(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    Checks.rank("matmul", "the left operand", a, 2);
    Checks.rank("matmul", "the right operand", b, 2);
    Checks.floating("matmul", "the left operand", a);
    Checks.sameType("matmul", a, b);
    long m = a.size(transposeA ? -1 : -2);
    long k = a.size(transposeA ? -2 : -1);
    long n = b.size(transposeB ? -2 : -1);
    long[] shape = a.shape();
    long batch = Shape.product(shape, 0, shape.length - 2);
    long[] expected = a.shape();
    expected[shape.length - 2] = transposeB ? n : k;
    expected[shape.length - 1] = transposeB ? k : n;
    Checks.shape("matmul", "the right operand", b, expected);
    shape[shape.length - 2] = m;
    shape[shape.length - 1] = n;
    Backend backend = a.backend();
    Kernels kernels = backend.kernels();
    Tensor c = backend.empty(a.type(), shape);
    kernels.matmul(a, transposeA, b, transposeB, c, batch, m, n, k, 1, 0);
    return Tape.note("matmul", c, Checks.list(a, b), Checks.list(a, b), dc -> {
      a.accumulateGrad((da, add) -> {
        if (transposeA) kernels.matmul(b, transposeB, dc, true, da, batch, k, m, n, 1, add ? 1 : 0);
        else kernels.matmul(dc, false, b, !transposeB, da, batch, m, k, n, 1, add ? 1 : 0);
      });
      b.accumulateGrad((db, add) -> {
        if (transposeB) kernels.matmul(dc, true, a, transposeA, db, batch, n, k, m, 1, add ? 1 : 0);
        else kernels.matmul(a, !transposeA, dc, false, db, batch, k, n, m, 1, add ? 1 : 0);
      });
    });
  }
}

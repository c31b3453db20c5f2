package io.llama3v.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.tensor.DType;
import org.junit.jupiter.api.Test;

/** Row-major products as the column-major library is asked for them. That they multiply right is shown by the agreement test. */
class MatrixProductTest {
  @Test
  void operandsChangePlaces() {
    // c [3, 5] = a [3, 7] b [5, 7]ᵀ: the library sees cᵀ [5, 3] = b aᵀ, b as a 7 x 5 matrix that is transposed.
    MatrixProduct p = MatrixProduct.rowMajor(100, DType.BF16, false, 200, DType.BF16, true, 300, DType.F32, 400, 1, 3, 5, 7, 1, 0, false);
    assertEquals(5, p.m());
    assertEquals(3, p.n());
    assertEquals(7, p.k());
    assertEquals(new MatrixProduct.Operand(200, true, DType.BF16, 7, 5), p.a());
    assertEquals(new MatrixProduct.Operand(100, false, DType.BF16, 7, 3), p.b());
    assertEquals(400, p.bias());
  }
}

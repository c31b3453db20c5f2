package io.llama3v.backend.cuda;

import io.llama3v.tensor.DType;

/**
 * A batched product as cuBLAS sees it: matrices lie column by column, {@code d = alpha op(a) op(b) + beta d (+ bias down each column)}.
 * The addresses are the device's.
 *
 * @param m rows of op(a) and d
 * @param n columns of op(b) and d
 * @param k columns of op(a)
 * @param batch how many products, one after another in memory
 * @param a address, transposed or not, type, rows as stored, columns as stored
 * @param b as a
 * @param d address and type of the result; its columns lie m apart
 * @param dType type of the result
 * @param bias address of m values in the type of d, or 0
 * @param alpha factor of the product
 * @param beta factor of what d holds before
 * @param tf32 whether F32 operands may be rounded to TF32
 */
public record MatrixProduct(long m, long n, long k, long batch, Operand a, Operand b, long d, DType dType, long bias, double alpha,
    double beta, boolean tf32) {
  /**
   * One factor as stored.
   *
   * @param address first element
   * @param transposed whether op transposes
   * @param type element type
   * @param rows rows as stored, which is also the distance between columns
   * @param columns columns as stored
   */
  public record Operand(long address, boolean transposed, DType type, long rows, long columns) {}

  /**
   * The row-major product {@code c = alpha op(a) op(b) + beta c} of {@link io.llama3v.backend.Kernels#matmul}, turned over: read column
   * by column, a row-major matrix is its own transpose, and {@code cᵀ = op(b)ᵀ op(a)ᵀ}.
   */
  static MatrixProduct rowMajor(long a, DType aType, boolean transposeA, long b, DType bType, boolean transposeB, long c, DType cType,
      long bias, long batch, long m, long n, long k, double alpha, double beta, boolean tf32) {
    Operand left = new Operand(b, transposeB, bType, transposeB ? k : n, transposeB ? n : k);
    Operand right = new Operand(a, transposeA, aType, transposeA ? m : k, transposeA ? k : m);
    return new MatrixProduct(n, m, k, batch, left, right, c, cType, bias, alpha, beta, tf32);
  }
}

package io.llama3v.backend.simd;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Single-precision matrix products on raw addresses. The library runs single-threaded; {@link Parallel} splits the work, so
 * that one team of threads serves products and kernels alike and no library thread spins beside it.
 */
abstract class Blas {
  /** The numbers that the CBLAS interface gives to layouts and transpositions, in every library. */
  static final int ROW_MAJOR = 101;
  static final int PLAIN = 111;
  static final int TRANSPOSED = 112;

  /** Pointer objects of one thread, reused by every call. */
  private static final class Operands {
    final HostPointer.Movable a = new HostPointer.Movable();
    final HostPointer.Movable b = new HostPointer.Movable();
    final HostPointer.Movable c = new HostPointer.Movable();
  }

  private final ThreadLocal<Operands> operands = ThreadLocal.withInitial(Operands::new);

  /** Name and version of the library, for the log. */
  abstract String name();

  /** {@code C[m, n] = alpha op(A) op(B) + beta C}, row-major; ld* are row lengths in memory. */
  final void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, long a, int lda, long b, int ldb, float beta,
      long c, int ldc) {
    Operands o = operands.get();
    sgemm(transposeA ? TRANSPOSED : PLAIN, transposeB ? TRANSPOSED : PLAIN, m, n, k, alpha, o.a.at(a), lda, o.b.at(b), ldb, beta,
        o.c.at(c), ldc);
  }

  /** The library's own {@code cblas_sgemm}, row-major. */
  abstract void sgemm(int transposeA, int transposeB, int m, int n, int k, float alpha, FloatPointer a, int lda, FloatPointer b, int ldb,
      float beta, FloatPointer c, int ldc);
}

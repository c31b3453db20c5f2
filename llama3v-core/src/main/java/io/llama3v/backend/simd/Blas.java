package io.llama3v.backend.simd;

import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Single-precision matrix products on raw addresses. The library runs single-threaded; {@link Parallel} splits the work, so
 * that one team of threads serves products and kernels alike and no library thread spins beside it.
 */
final class Blas {
  private static final int ROW_MAJOR = openblas_nolapack.CblasRowMajor;
  private static final int PLAIN = openblas_nolapack.CblasNoTrans;
  private static final int TRANSPOSED = openblas_nolapack.CblasTrans;

  /** What blas_get_vendor answers when JavaCPP has put MKL in OpenBLAS's place. */
  private static final int MKL = 3;

  /** Pointer objects of one thread, reused by every call. */
  private static final class Operands {
    final HostPointer.Movable a = new HostPointer.Movable();
    final HostPointer.Movable b = new HostPointer.Movable();
    final HostPointer.Movable c = new HostPointer.Movable();
  }

  private final ThreadLocal<Operands> operands = ThreadLocal.withInitial(Operands::new);

  Blas() {
    openblas_nolapack.blas_set_num_threads(1);
  }

  /** Name of the library, for the log. */
  String describe() {
    return openblas_nolapack.blas_get_vendor() == MKL ? "MKL" : openblas_nolapack.OPENBLAS_VERSION.trim();
  }

  /** {@code C[m, n] = alpha op(A) op(B) + beta C}, row-major; ld* are row lengths in memory. */
  void gemm(boolean transposeA, boolean transposeB, int m, int n, int k, float alpha, long a, int lda, long b, int ldb, float beta,
      long c, int ldc) {
    Operands o = operands.get();
    openblas_nolapack.cblas_sgemm(ROW_MAJOR, transposeA ? TRANSPOSED : PLAIN, transposeB ? TRANSPOSED : PLAIN, m, n, k, alpha,
        o.a.at(a), lda, o.b.at(b), ldb, beta, o.c.at(c), ldc);
  }
}

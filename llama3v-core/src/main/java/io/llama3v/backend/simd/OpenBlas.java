package io.llama3v.backend.simd;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/** OpenBLAS, which is always there; or what JavaCPP was told to load in its place. */
final class OpenBlas extends Blas {
  /** What blas_get_vendor answers when JavaCPP has put MKL in OpenBLAS's place. */
  private static final int MKL = 3;

  OpenBlas() {
    openblas_nolapack.blas_set_num_threads(1);
  }

  @Override
  String name() {
    return openblas_nolapack.blas_get_vendor() == MKL ? "MKL" : openblas_nolapack.OPENBLAS_VERSION.trim();
  }

  @Override
  void sgemm(int transposeA, int transposeB, int m, int n, int k, float alpha, FloatPointer a, int lda, FloatPointer b, int ldb,
      float beta, FloatPointer c, int ldc) {
    openblas_nolapack.cblas_sgemm(ROW_MAJOR, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
}

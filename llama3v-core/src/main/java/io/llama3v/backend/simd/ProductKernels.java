package io.llama3v.backend.simd;

import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;

/** Matrix products: cut into one block of the result a thread, each computed by the single-threaded BLAS. */
final class ProductKernels {
  /** Below this many multiply-adds a second thread costs more than it brings. */
  private static final long SMALL = 200_000;
  /** Multiply-adds of a thread that are worth two parts, so that a busy core delays only one of them. */
  private static final long LARGE = 1L << 30;
  private final Parallel team;
  private final Blas blas;

  ProductKernels(Parallel team, Blas blas) {
    this.team = team;
    this.blas = blas;
  }

  void matmul(Tensor a, boolean ta, Tensor b, boolean tb, Tensor c, long batch, long m, long n, long k, double alpha, double beta) {
    if (Math.min(Math.min(batch, m), Math.min(n, k)) < 0) {
      throw new IllegalArgumentException("a product of " + batch + " times [" + m + ", " + k + "] by [" + k + ", " + n + "]");
    }
    long pa = HostStorage.floats("the left operand of a product", a, Shape.elements(batch, m, k));
    long pb = HostStorage.floats("the right operand of a product", b, Shape.elements(batch, k, n));
    long pc = HostStorage.floats("the result of a product", c, Shape.elements(batch, m, n));
    if (m == 0 || n == 0) return;
    // The BLAS wants row lengths of at least 1, even of matrices without columns.
    long lda = Math.max(1, ta ? m : k);
    long ldb = Math.max(1, tb ? k : n);
    if (batch == 1) {
      gemm(ta, tb, m, n, k, (float) alpha, pa, lda, pb, ldb, (float) beta, pc, n, null);
      return;
    }
    team.tasks(Math.toIntExact(batch), batch * m * n * k > SMALL, (i, lane) -> blas.gemm(ta, tb, (int) m, (int) n, (int) k,
        (float) alpha, pa + 4L * i * m * k, (int) lda, pb + 4L * i * k * n, (int) ldb, (float) beta, pc + 4L * i * m * n, (int) n));
  }

  /** {@code y = x Wᵀ + bias}: the result starts as copies of the bias and the product is added to it. */
  void linear(Tensor x, Tensor w, Tensor bias, Tensor y) {
    long out = w.size(0);
    long in = w.size(1);
    long rows = y.elements() / Math.max(1, out);
    long px = HostStorage.floats("the input of a linear map", x, Shape.elements(rows, in));
    long pw = HostStorage.floats("the weight of a linear map", w, Shape.elements(out, in));
    long py = HostStorage.floats("the result of a linear map", y, Shape.elements(rows, out));
    if (rows > 0 && rows <= FewRows.MOST && in > 0) {
      FewRows.linear(team, x, w, bias, y, (int) rows);
      return;
    }
    long row = Math.max(1, in);
    gemm(false, true, rows, out, in, 1, px, row, pw, row, bias == null ? 0 : 1, py, out, bias == null ? null : HostStorage.buffer(bias, 0, out));
  }

  private void gemm(boolean ta, boolean tb, long m, long n, long k, float alpha, long a, long lda, long b, long ldb, float beta,
      long c, long ldc, ByteBuffer bias) {
    if (m == 0 || n == 0) return;
    boolean byRows = m >= n;
    long length = byRows ? m : n;
    long grain = m * n * k <= SMALL ? Long.MAX_VALUE : Math.max(48, (length + parts(m * n * k) - 1) / parts(m * n * k));
    team.range(length, grain, (from, to, part) -> {
      long width = to - from;
      int rows = (int) (byRows ? width : m);
      int columns = (int) (byRows ? n : width);
      long pa = byRows ? a + 4 * (ta ? from : from * lda) : a;
      long pb = byRows ? b : b + 4 * (tb ? from * ldb : from);
      long pc = byRows ? c + 4 * from * ldc : c + 4 * from;
      if (bias != null) spread(bias, byRows ? 0 : (int) from, pc, rows, columns, (int) ldc);
      blas.gemm(ta, tb, rows, columns, (int) k, alpha, pa, (int) lda, pb, (int) ldb, beta, pc, (int) ldc);
    });
  }

  /** Every part packs the other operand anew: one a thread, and more only where that is nothing beside the product itself. */
  private long parts(long multiplyAdds) {
    return team.threads() * Math.max(1, Math.min(2, multiplyAdds / team.threads() / LARGE));
  }

  private static void spread(ByteBuffer bias, int from, long c, int rows, int columns, int ldc) {
    ByteBuffer source = bias.duplicate().position(4 * from).limit(4 * (from + columns));
    // Windows of whole rows keep every buffer under 2 GB.
    int window = Math.max(1, (1 << 28) / Math.max(1, ldc));
    for (int start = 0; start < rows; start += window) {
      int end = Math.min(rows, start + window);
      ByteBuffer y = HostStorage.view(c + 4L * start * ldc, 4L * ((end - start - 1L) * ldc + columns));
      for (int r = start; r < end; r++) y.put(4 * (r - start) * ldc, source, 4 * from, 4 * columns);
    }
  }
}

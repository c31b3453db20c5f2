package io.llama3v.backend.simd;

import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@code y = x Wᵀ + bias} for a handful of rows, as in decoding: the weights stream through the cache once, which is all the time it
 * takes. A general matrix product would first copy them into tiles that nobody uses twice.
 */
final class FewRows {
  /** From here on the general product is no slower. */
  static final int MOST = 4;
  /** Weight rows read side by side: as many independent sums as keep the memory busy. */
  private static final int TOGETHER = 4;
  /** Multiply-adds that are not worth a second thread. */
  private static final long SMALL = 16_384;

  private FewRows() {}

  static void linear(Parallel team, Tensor x, Tensor w, Tensor bias, Tensor y, int rows) {
    int in = Math.toIntExact(w.size(1));
    int out = Math.toIntExact(w.size(0));
    ByteBuffer xs = HostStorage.buffer(x);
    ByteBuffer ys = HostStorage.buffer(y);
    ByteBuffer b = bias == null ? null : HostStorage.buffer(bias);
    // A buffer ends at 2 GB, which the weights of a large vocabulary pass; whole groups keep the order of the sums.
    long step = Math.max(TOGETHER, Parallel.PIECE / in / TOGETHER * TOGETHER);
    team.range(out, Math.max(TOGETHER, SMALL / in), (begin, end, part) -> {
      for (long at = begin; at < end; at += step) rows(xs, w, b, ys, rows, in, out, at, Math.min(end, at + step));
    });
  }

  /** The outputs {@code [from, to)} of every row. */
  private static void rows(ByteBuffer xs, Tensor w, ByteBuffer b, ByteBuffer ys, int rows, int in, int out, long from, long to) {
    ByteBuffer ws = HostStorage.buffer(w, from * in, (to - from) * in);
    int count = (int) (to - from);
    int o = 0;
    for (; o + TOGETHER <= count; o += TOGETHER) {
      for (int r = 0; r < rows; r++) four(xs, r * in, ws, o * in, in, ys, r * out + (int) from + o);
    }
    for (; o < count; o++) {
      for (int r = 0; r < rows; r++) Vec.put(ys, r * out + (int) from + o, dot(xs, r * in, ws, o * in, in));
    }
    if (b == null) return;
    for (int r = 0; r < rows; r++) {
      int at = r * out;
      for (int i = (int) from; i < to; i++) Vec.put(ys, at + i, Vec.get(ys, at + i) + Vec.get(b, i));
    }
  }

  private static void four(ByteBuffer x, int xAt, ByteBuffer w, int wAt, int n, ByteBuffer y, int yAt) {
    FloatVector s0 = Vec.zero();
    FloatVector s1 = Vec.zero();
    FloatVector s2 = Vec.zero();
    FloatVector s3 = Vec.zero();
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) {
      FloatVector v = Vec.load(x, xAt + i);
      s0 = v.fma(Vec.load(w, wAt + i), s0);
      s1 = v.fma(Vec.load(w, wAt + n + i), s1);
      s2 = v.fma(Vec.load(w, wAt + 2 * n + i), s2);
      s3 = v.fma(Vec.load(w, wAt + 3 * n + i), s3);
    }
    float t0 = s0.reduceLanes(VectorOperators.ADD);
    float t1 = s1.reduceLanes(VectorOperators.ADD);
    float t2 = s2.reduceLanes(VectorOperators.ADD);
    float t3 = s3.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) {
      float v = Vec.get(x, xAt + i);
      t0 += v * Vec.get(w, wAt + i);
      t1 += v * Vec.get(w, wAt + n + i);
      t2 += v * Vec.get(w, wAt + 2 * n + i);
      t3 += v * Vec.get(w, wAt + 3 * n + i);
    }
    Vec.put(y, yAt, t0);
    Vec.put(y, yAt + 1, t1);
    Vec.put(y, yAt + 2, t2);
    Vec.put(y, yAt + 3, t3);
  }

  private static float dot(ByteBuffer x, int xAt, ByteBuffer w, int wAt, int n) {
    FloatVector sum = Vec.zero();
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) sum = Vec.load(x, xAt + i).fma(Vec.load(w, wAt + i), sum);
    float total = sum.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) total += Vec.get(x, xAt + i) * Vec.get(w, wAt + i);
    return total;
  }
}

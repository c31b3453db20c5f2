package io.llama3v.backend.simd;

import io.llama3v.backend.AttentionMask;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention one head and one block of queries at a time: scores live in a small buffer of the thread and never in a [B, H, Tq,
 * Tk] tensor. Heads are read in place from [B, T, H, d] by giving the BLAS their row length.
 */
final class AttentionKernels {
  /** Queries in a block under the causal rule, where larger ones would compute more scores that nobody may see. */
  private static final int CAUSAL_BLOCK = 64;
  /** Scores of a block, at most, unless rows are long: with their gradients they fill 512 KiB, a usual second-level cache. */
  private static final int BLOCK_SCORES = 65_536;
  private static final long SMALL = 20_000;
  private final Parallel team;
  private final Blas blas;
  private final HostPool pool;

  AttentionKernels(Parallel team, Blas blas, HostPool pool) {
    this.team = team;
    this.blas = blas;
    this.pool = pool;
  }

  /** The geometry of one call. */
  private record Plan(int batch, int queries, int keys, int heads, int keyHeads, int width, AttentionMask mask, float scale) {
    Plan(Tensor q, Tensor k, AttentionMask mask, double scale) {
      this((int) q.size(0), (int) q.size(1), (int) k.size(1), (int) q.size(2), (int) k.size(2), (int) q.size(3), mask, (float) scale);
    }

    /** Checks what the BLAS would not: the address of a tensor of the shape of q. */
    long queries(String name, Tensor t) {
      return HostStorage.floats(name, t, Shape.elements(batch, queries, heads, width));
    }

    /** As {@link #queries(String, Tensor)}, of the shape of k. */
    long keys(String name, Tensor t) {
      return HostStorage.floats(name, t, Shape.elements(batch, keys, keyHeads, width));
    }

    int perKeyHead() {
      return heads / keyHeads;
    }

    /** Floats from one row of scores to the next: a whole number of vectors, so that no row has an end of single values. */
    int stride() {
      return Vec.bound(keys + Vec.N - 1);
    }

    /** Queries in a block: what is packed for the products of a block is packed again for the next. */
    int blockRows() {
      int most = mask.causal() ? CAUSAL_BLOCK : Math.max(CAUSAL_BLOCK, BLOCK_SCORES / stride());
      int blocks = (queries + most - 1) / most;
      return (queries + blocks - 1) / blocks;
    }

    int queryBlocks() {
      return (queries + blockRows() - 1) / blockRows();
    }

    /** Keys that any query before {@code queryEnd} may see under the causal rule. */
    int keysFor(int queryEnd) {
      return mask.causal() ? Math.max(0, Math.min(keys, queryEnd + keys - queries)) : keys;
    }

    long queryAt(long base, int b, int i, int h) {
      return base + 4L * (((long) b * queries + i) * heads + h) * width;
    }

    long keyAt(long base, int b, int h) {
      return base + 4L * ((long) b * keys * keyHeads + h) * width;
    }

    boolean worthThreads() {
      return (long) batch * heads * queries * keys > SMALL;
    }
  }

  void attention(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp) {
    Plan p = new Plan(q, k, mask, scale);
    long pq = p.queries("attention: q", q);
    long pk = p.keys("attention: k", k);
    long pv = p.keys("attention: v", v);
    long po = p.queries("attention: the result", out);
    ByteBuffer lse = HostStorage.buffer(logSumExp);
    Scratch[] scratch = Scratch.take(pool, team.threads(), 1, p.blockRows() * p.stride());
    int blockRows = p.blockRows();
    int blocks = p.queryBlocks();
    int stride = p.stride();
    Masks masks = new Masks(mask, p.keys);
    try {
      team.tasks(p.batch * p.heads * blocks, p.worthThreads(), (task, lane) -> {
        int h = task / blocks % p.heads;
        int b = task / blocks / p.heads;
        int i0 = task % blocks * blockRows;
        int rows = Math.min(blockRows, p.queries - i0);
        int n = p.keysFor(i0 + rows);
        int lo = Vec.bound(Math.min(n, masks.firstKey(b, i0, rows)));
        int hk = h / p.perKeyHead();
        Scratch s = scratch[lane];
        int rowLength = p.heads * p.width;
        int keyLength = p.keyHeads * p.width;
        if (n > lo) {
          blas.gemm(false, true, rows, n - lo, p.width, p.scale, p.queryAt(pq, b, i0, h), rowLength,
              p.keyAt(pk, b, hk) + 4L * lo * keyLength, keyLength, 0, s.scores.address() + 4L * lo, stride);
        }
        for (int r = 0; r < rows; r++) {
          int visible = Math.max(lo, p.keysFor(i0 + r + 1));
          masks.apply(s.scoreBuffer, r * stride, b, h, i0 + r, visible);
          float l = softmaxRow(s.scoreBuffer, r * stride + lo, visible - lo, n - lo);
          Vec.put(lse, (b * p.heads + h) * p.queries + i0 + r, l);
        }
        // With no key in reach, k = 0 and the BLAS writes zeros.
        blas.gemm(false, false, rows, p.width, n - lo, 1, s.scores.address() + 4L * lo, stride,
            p.keyAt(pv, b, hk) + 4L * lo * keyLength, keyLength, 0, p.queryAt(po, b, i0, h), rowLength);
      });
    } finally {
      Scratch.give(pool, scratch);
    }
  }

  void attentionBackward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask, double scale,
      Tensor dq, Tensor dk, Tensor dv) {
    Plan p = new Plan(q, k, mask, scale);
    long pdo = p.queries("attention: dOut", dOut);
    long pq = p.queries("attention: q", q);
    long pk = p.keys("attention: k", k);
    long pv = p.keys("attention: v", v);
    ByteBuffer lse = HostStorage.buffer(logSumExp);
    long pdq = dq == null ? 0 : p.queries("attention: dq", dq);
    long pdk = dk == null ? 0 : p.keys("attention: dk", dk);
    long pdv = dv == null ? 0 : p.keys("attention: dv", dv);
    long row = (long) p.heads * p.width;
    int rowLength = p.heads * p.width;
    int keyLength = p.keyHeads * p.width;
    Scratch[] scratch = Scratch.take(pool, team.threads(), 2, p.blockRows() * p.stride());
    int blockRows = p.blockRows();
    int stride = p.stride();
    Masks masks = new Masks(mask, p.keys);
    try {
      team.tasks(p.batch * p.keyHeads, p.worthThreads(), (task, lane) -> {
        int hk = task % p.keyHeads;
        int b = task / p.keyHeads;
        Scratch s = scratch[lane];
        // One row of the batch at a time: the whole may be more than a buffer holds.
        ByteBuffer o = HostStorage.buffer(out, b * p.queries * row, p.queries * row);
        ByteBuffer g = HostStorage.buffer(dOut, b * p.queries * row, p.queries * row);
        long keyK = p.keyAt(pk, b, hk);
        long keyV = p.keyAt(pv, b, hk);
        // Keys beyond the reach of the first block are added to by later ones only, so everything starts from zero.
        if (dk != null) zeroRows(p.keyAt(pdk, b, hk), p.keys, p.width, keyLength);
        if (dv != null) zeroRows(p.keyAt(pdv, b, hk), p.keys, p.width, keyLength);
        for (int h = hk * p.perKeyHead(); h < (hk + 1) * p.perKeyHead(); h++) {
          for (int i0 = 0; i0 < p.queries; i0 += blockRows) {
            int rows = Math.min(blockRows, p.queries - i0);
            int n = p.keysFor(i0 + rows);
            int lo = Vec.bound(Math.min(n, masks.firstKey(b, i0, rows)));
            long scores = s.scores.address() + 4L * lo;
            long skipped = 4L * lo * keyLength;
            long rowG = p.queryAt(pdo, b, i0, h);
            if (n > lo) {
              blas.gemm(false, true, rows, n - lo, p.width, p.scale, p.queryAt(pq, b, i0, h), rowLength, keyK + skipped, keyLength, 0,
                  scores, stride);
            }
            for (int r = 0; r < rows; r++) {
              int visible = Math.max(lo, p.keysFor(i0 + r + 1));
              masks.apply(s.scoreBuffer, r * stride, b, h, i0 + r, visible);
              probabilities(s.scoreBuffer, r * stride + lo, visible - lo, n - lo, Vec.get(lse, (b * p.heads + h) * p.queries + i0 + r));
            }
            if (dv != null && n > lo) {
              blas.gemm(true, false, n - lo, p.width, rows, 1, scores, stride, rowG, rowLength, 1, p.keyAt(pdv, b, hk) + skipped, keyLength);
            }
            if (dq == null && dk == null) continue;
            long gradients = s.gradients.address() + 4L * lo;
            if (n > lo) {
              blas.gemm(false, true, rows, n - lo, p.width, 1, rowG, rowLength, keyV + skipped, keyLength, 0, gradients, stride);
            }
            for (int r = 0; r < rows; r++) {
              int at = ((i0 + r) * p.heads + h) * p.width;
              scoreGradient(s.scoreBuffer, s.gradientBuffer, r * stride + lo, n - lo, dot(o, g, at, p.width), p.scale);
            }
            if (dq != null) {
              blas.gemm(false, false, rows, p.width, n - lo, 1, gradients, stride, keyK + skipped, keyLength, 0,
                  p.queryAt(pdq, b, i0, h), rowLength);
            }
            if (dk != null && n > lo) {
              blas.gemm(true, false, n - lo, p.width, rows, 1, gradients, stride, p.queryAt(pq, b, i0, h), rowLength, 1,
                  p.keyAt(pdk, b, hk) + skipped, keyLength);
            }
          }
        }
      });
    } finally {
      Scratch.give(pool, scratch);
    }
  }

  /** Score buffers of one thread. */
  private record Scratch(HostPool.Block scores, ByteBuffer scoreBuffer, HostPool.Block gradients, ByteBuffer gradientBuffer) {
    static Scratch[] take(HostPool pool, int threads, int buffers, int scores) {
      Scratch[] all = new Scratch[threads];
      long bytes = 4L * scores;
      for (int i = 0; i < threads; i++) {
        HostPool.Block a = pool.take(bytes);
        HostPool.Block c = buffers > 1 ? pool.take(bytes) : null;
        all[i] = new Scratch(a, HostStorage.view(a.address(), a.bytes()), c, c == null ? null : HostStorage.view(c.address(), c.bytes()));
      }
      return all;
    }

    static void give(HostPool pool, Scratch[] all) {
      for (Scratch s : all) {
        pool.give(s.scores);
        if (s.gradients != null) pool.give(s.gradients);
      }
    }
  }

  /**
   * Replaces scores by probabilities.
   *
   * @param visible keys that may be seen; those up to {@code n}, and up to whole vectors, get 0
   * @return their log-sum-exp, +∞ if nothing is visible
   */
  private static float softmaxRow(ByteBuffer s, int at, int visible, int n) {
    int end = hideEnd(s, at, visible);
    FloatVector m = Vec.broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < end; i += Vec.N) m = m.max(Vec.load(s, at + i));
    float max = m.reduceLanes(VectorOperators.MAX);
    if (max == Float.NEGATIVE_INFINITY) {
      zero(s, at, n);
      return Float.POSITIVE_INFINITY;
    }
    FloatVector acc = Vec.zero();
    for (int i = 0; i < end; i += Vec.N) {
      FloatVector e = VecMath.exp(Vec.load(s, at + i).sub(max));
      acc = acc.add(e);
      Vec.store(e, s, at + i);
    }
    float sum = acc.reduceLanes(VectorOperators.ADD);
    float inverse = 1 / sum;
    for (int i = 0; i < end; i += Vec.N) Vec.store(Vec.load(s, at + i).mul(inverse), s, at + i);
    zero(s, at + end, n - end);
    return (float) (max + Math.log(sum));
  }

  /** {@code e^{score − logSumExp}}, 0 behind the visible ones; zeros where logSumExp is +∞. */
  private static void probabilities(ByteBuffer s, int at, int visible, int n, float logSumExp) {
    if (logSumExp == Float.POSITIVE_INFINITY) {
      zero(s, at, n);
      return;
    }
    int end = hideEnd(s, at, visible);
    for (int i = 0; i < end; i += Vec.N) Vec.store(VecMath.exp(Vec.load(s, at + i).sub(logSumExp)), s, at + i);
    zero(s, at + end, n - end);
  }

  /** Writes −∞ behind the visible scores up to a whole number of vectors, which is returned. */
  private static int hideEnd(ByteBuffer s, int at, int visible) {
    int end = Vec.bound(visible + Vec.N - 1);
    for (int i = visible; i < end; i++) Vec.put(s, at + i, Float.NEGATIVE_INFINITY);
    return end;
  }

  /** {@code dS = scale · P (dP − δ)}, in the place of dP. What lies behind the n scores is never read. */
  private static void scoreGradient(ByteBuffer p, ByteBuffer dp, int at, int n, float delta, float scale) {
    for (int i = 0; i < n; i += Vec.N) {
      Vec.store(Vec.load(dp, at + i).sub(delta).mul(Vec.load(p, at + i)).mul(scale), dp, at + i);
    }
  }

  private static float dot(ByteBuffer a, ByteBuffer b, int at, int n) {
    FloatVector acc = Vec.zero();
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) acc = Vec.load(a, at + i).fma(Vec.load(b, at + i), acc);
    float sum = acc.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) sum += Vec.get(a, at + i) * Vec.get(b, at + i);
    return sum;
  }

  private static void zero(ByteBuffer s, int at, int n) {
    int i = 0;
    for (; i < Vec.bound(Math.max(0, n)); i += Vec.N) Vec.store(Vec.zero(), s, at + i);
    for (; i < n; i++) Vec.put(s, at + i, 0);
  }

  private static void zeroRows(long address, int rows, int width, int rowLength) {
    ByteBuffer b = HostStorage.view(address, 4L * ((rows - 1L) * rowLength + width));
    for (int r = 0; r < rows; r++) zero(b, r * rowLength, width);
  }

  /** Writes −∞ into masked scores. */
  private static final class Masks {
    private final AttentionMask mask;
    private final int keyCount;
    private final ByteBuffer keys;
    private final ByteBuffer padding;
    private final ByteBuffer groups;
    private final ByteBuffer bias;
    private final ByteBuffer starts;

    Masks(AttentionMask mask, int keyCount) {
      this.mask = mask;
      this.keyCount = keyCount;
      keys = mask.keys() == null ? null : HostStorage.buffer(mask.keys());
      padding = mask.padding() == null ? null : HostStorage.buffer(mask.padding());
      groups = mask.groups() == null ? null : HostStorage.buffer(mask.groups());
      bias = mask.bias() == null ? null : HostStorage.buffer(mask.bias());
      starts = mask.starts() == null ? null : HostStorage.buffer(mask.starts());
    }

    /** The first key that any of these queries may see: what lies before it is not computed at all. */
    int firstKey(int b, int i0, int rows) {
      if (starts == null) return 0;
      int first = keyCount;
      for (int r = 0; r < rows; r++) first = Math.min(first, start(b, i0 + r));
      return first;
    }

    private int start(int b, int i) {
      return Math.max(0, (int) Math.ceil(Vec.get(starts, b * (int) mask.starts().size(1) + i)));
    }

    void apply(ByteBuffer s, int at, int b, int h, int i, int visible) {
      if (keys != null) hide(s, at, keys, b * keyCount, visible, false);
      // Padding is square: as many queries as keys.
      if (padding != null && Vec.get(padding, b * keyCount + i) != 0) hide(s, at, padding, b * keyCount, visible, true);
      if (groups != null) {
        int count = (int) mask.groups().size(2);
        int perGroup = keyCount / count;
        int row = (b * (int) mask.groups().size(1) + i) * count;
        for (int g = 0; g < count; g++) {
          if (Vec.get(groups, row + g) != 0) continue;
          for (int j = g * perGroup, end = Math.min(visible, j + perGroup); j < end; j++) Vec.put(s, at + j, Float.NEGATIVE_INFINITY);
        }
      }
      if (starts != null) {
        for (int j = 0, end = Math.min(visible, start(b, i)); j < end; j++) Vec.put(s, at + j, Float.NEGATIVE_INFINITY);
      }
      if (bias != null) {
        Tensor t = mask.bias();
        int row = ((int) ((t.size(0) == 1 ? 0 : b) * t.size(1) + (t.size(1) == 1 ? 0 : h)) * (int) t.size(2) + i) * keyCount;
        for (int j = 0; j < visible; j++) Vec.put(s, at + j, Vec.get(s, at + j) + Vec.get(bias, row + j));
      }
    }

    private static void hide(ByteBuffer s, int at, ByteBuffer flags, int flagsAt, int n, boolean hideSet) {
      int j = 0;
      for (int end = Vec.bound(n); j < end; j += Vec.N) {
        var hidden = Vec.load(flags, flagsAt + j).compare(hideSet ? VectorOperators.NE : VectorOperators.EQ, 0f);
        if (hidden.anyTrue()) Vec.store(Vec.load(s, at + j).blend(Float.NEGATIVE_INFINITY, hidden), s, at + j);
      }
      for (; j < n; j++) if (Vec.get(flags, flagsAt + j) != 0 == hideSet) Vec.put(s, at + j, Float.NEGATIVE_INFINITY);
    }
  }
}

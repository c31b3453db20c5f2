package io.llama3v.backend.simd;

import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Kernels that move or reduce whole rows: copies, look-ups, rotary embedding, softmax and cross-entropy. */
final class RowKernels {
  private static final long GRAIN = 16_384;
  private final Parallel team;

  RowKernels(Parallel team) {
    this.team = team;
  }

  private static long grain(long width) {
    return Math.max(1, GRAIN / Math.max(1, width));
  }

  void copyRows(Tensor x, long xOffset, long xStride, Tensor y, long yOffset, long yStride, long rows, long width, boolean add) {
    team.range(rows, grain(width), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        ByteBuffer a = HostStorage.buffer(x, xOffset + r * xStride, width);
        ByteBuffer b = HostStorage.buffer(y, yOffset + r * yStride, width);
        if (add) add(a, 0, b, 0, (int) width);
        else b.put(0, a, 0, (int) (4 * width));
      }
    });
  }

  static void add(ByteBuffer x, int xAt, ByteBuffer y, int yAt, int n) {
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(Vec.load(x, xAt + i).add(Vec.load(y, yAt + i)), y, yAt + i);
    for (; i < n; i++) Vec.put(y, yAt + i, Vec.get(x, xAt + i) + Vec.get(y, yAt + i));
  }

  void permute(Tensor x, int[] axes, Tensor y) {
    int rank = axes.length;
    long[] xStride = new long[rank];
    long stride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      xStride[i] = stride;
      stride *= x.size(i);
    }
    long[] shape = y.shape();
    // A tail of axes that stay in place moves as one block.
    int fixed = rank;
    long block = 1;
    while (fixed > 0 && axes[fixed - 1] == fixed - 1) {
      fixed--;
      block *= shape[fixed];
    }
    int outer = fixed;
    int width = (int) block;
    ByteBuffer a = HostStorage.buffer(x);
    ByteBuffer b = HostStorage.buffer(y);
    team.range(x.elements() / width, grain(width), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        long rest = r;
        long at = 0;
        for (int k = outer - 1; k >= 0; k--) {
          at += rest % shape[k] * xStride[axes[k]];
          rest /= shape[k];
        }
        if (width == 1) Vec.put(b, (int) r, Vec.get(a, (int) at));
        else b.put((int) (4 * r * width), a, (int) (4 * at), 4 * width);
      }
    });
  }

  void gatherRows(Tensor table, Tensor ids, Tensor y) {
    int d = (int) table.size(1);
    long limit = table.size(0);
    ByteBuffer index = HostStorage.buffer(ids);
    team.range(ids.elements(), grain(d), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        int id = index.getInt((int) (4 * r));
        require(id, limit, r);
        HostStorage.buffer(y, r * d, d).put(0, HostStorage.buffer(table, (long) id * d, d), 0, 4 * d);
      }
    });
  }

  /** One thread a stripe of columns: rows may repeat, and the order of additions stays fixed. */
  void scatterAddRows(Tensor dy, Tensor ids, Tensor dTable) {
    int d = (int) dTable.size(1);
    long limit = dTable.size(0);
    ByteBuffer index = HostStorage.buffer(ids);
    team.range(d, ids.elements() * d <= GRAIN ? d : Vec.N, (from, to, part) -> {
      int n = (int) (to - from);
      for (long r = 0; r < ids.elements(); r++) {
        int id = index.getInt((int) (4 * r));
        require(id, limit, r);
        add(HostStorage.buffer(dy, r * d + from, n), 0, HostStorage.buffer(dTable, (long) id * d + from, n), 0, n);
      }
    });
  }

  private static void require(int id, long limit, long at) {
    if (id < 0 || id >= limit) {
      throw new IndexOutOfBoundsException("row index " + id + " at position " + at + " is outside the table's " + limit + " rows");
    }
  }

  void rotary(Tensor x, Tensor cos, Tensor sin, boolean inverse, Tensor y) {
    int time = (int) x.size(1);
    int heads = (int) x.size(2);
    int d = (int) x.size(3);
    int half = d / 2;
    ByteBuffer c = HostStorage.buffer(cos);
    ByteBuffer s = HostStorage.buffer(sin);
    boolean shared = cos.size(0) == 1;
    float sign = inverse ? -1 : 1;
    team.range(x.size(0) * time, grain((long) heads * d), (from, to, part) -> {
      ByteBuffer in = HostStorage.buffer(x, from * heads * d, (to - from) * heads * d);
      ByteBuffer out = HostStorage.buffer(y, from * heads * d, (to - from) * heads * d);
      for (long r = from; r < to; r++) {
        int table = (int) (shared ? r % time : r) * half;
        for (int h = 0; h < heads; h++) {
          int at = (int) ((r - from) * heads + h) * d;
          int i = 0;
          for (int end = Vec.bound(half); i < end; i += Vec.N) {
            FloatVector a = Vec.load(in, at + i);
            FloatVector b = Vec.load(in, at + half + i);
            FloatVector cv = Vec.load(c, table + i);
            FloatVector sv = Vec.load(s, table + i).mul(sign);
            Vec.store(a.mul(cv).sub(b.mul(sv)), out, at + i);
            Vec.store(b.mul(cv).add(a.mul(sv)), out, at + half + i);
          }
          for (; i < half; i++) {
            float a = Vec.get(in, at + i);
            float b = Vec.get(in, at + half + i);
            float cv = Vec.get(c, table + i);
            float sv = Vec.get(s, table + i) * sign;
            Vec.put(out, at + i, a * cv - b * sv);
            Vec.put(out, at + half + i, b * cv + a * sv);
          }
        }
      }
    });
  }

  void crossEntropy(Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor losses, Tensor logSumExp) {
    int v = (int) logits.size(1);
    ByteBuffer label = HostStorage.buffer(labels);
    ByteBuffer weight = weights == null ? null : HostStorage.buffer(weights);
    ByteBuffer loss = HostStorage.buffer(losses);
    ByteBuffer lse = HostStorage.buffer(logSumExp);
    team.range(logits.size(0), grain(v), (from, to, part) -> {
      for (int r = (int) from; r < to; r++) {
        int target = label.getInt(4 * r);
        if (target == ignore) {
          Vec.put(loss, r, 0);
          Vec.put(lse, r, 0);
          continue;
        }
        if (target < 0 || target >= v) {
          throw new IndexOutOfBoundsException("label " + target + " in row " + r + " is outside the " + v + " classes and is not "
              + ignore + " (ignored)");
        }
        ByteBuffer z = HostStorage.buffer(logits, (long) r * v, v);
        float l = logSumExp(z, v);
        Vec.put(lse, r, l);
        Vec.put(loss, r, (weight == null ? 1 : Vec.get(weight, r)) * (l - Vec.get(z, target)));
      }
    });
  }

  private static float logSumExp(ByteBuffer z, int n) {
    int end = Vec.bound(n);
    FloatVector m = Vec.broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < end; i += Vec.N) m = m.max(Vec.load(z, i));
    float max = m.reduceLanes(VectorOperators.MAX);
    for (int i = end; i < n; i++) max = Math.max(max, Vec.get(z, i));
    FloatVector acc = Vec.zero();
    for (int i = 0; i < end; i += Vec.N) acc = acc.add(VecMath.exp(Vec.load(z, i).sub(max)));
    double sum = acc.reduceLanes(VectorOperators.ADD);
    for (int i = end; i < n; i++) sum += VecMath.exp(Vec.get(z, i) - max);
    return (float) (max + Math.log(sum));
  }

  void crossEntropyBackward(Tensor dLosses, Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor logSumExp, Tensor dLogits) {
    int v = (int) logits.size(1);
    ByteBuffer label = HostStorage.buffer(labels);
    ByteBuffer weight = weights == null ? null : HostStorage.buffer(weights);
    ByteBuffer lse = HostStorage.buffer(logSumExp);
    ByteBuffer dl = HostStorage.buffer(dLosses);
    team.range(logits.size(0), grain(v), (from, to, part) -> {
      for (int r = (int) from; r < to; r++) {
        ByteBuffer z = HostStorage.buffer(logits, (long) r * v, v);
        ByteBuffer g = HostStorage.buffer(dLogits, (long) r * v, v);
        int target = label.getInt(4 * r);
        boolean counts = target != ignore;
        float scale = counts ? Vec.get(dl, r) * (weight == null ? 1 : Vec.get(weight, r)) : 0;
        float l = Vec.get(lse, r);
        int i = 0;
        int end = Vec.bound(v);
        if (counts) for (; i < end; i += Vec.N) Vec.store(VecMath.exp(Vec.load(z, i).sub(l)).mul(scale), g, i);
        for (; i < v; i++) Vec.put(g, i, counts ? VecMath.exp(Vec.get(z, i) - l) * scale : 0);
        if (counts) Vec.put(g, target, Vec.get(g, target) - scale);
      }
    });
  }

  void softmax(Tensor x, Tensor y) {
    int d = (int) x.size(-1);
    team.range(x.elements() / d, grain(d), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        ByteBuffer a = HostStorage.buffer(x, r * d, d);
        ByteBuffer b = HostStorage.buffer(y, r * d, d);
        float l = logSumExp(a, d);
        int i = 0;
        for (int end = Vec.bound(d); i < end; i += Vec.N) Vec.store(VecMath.exp(Vec.load(a, i).sub(l)), b, i);
        for (; i < d; i++) Vec.put(b, i, VecMath.exp(Vec.get(a, i) - l));
      }
    });
  }

  void softmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    int d = (int) y.size(-1);
    team.range(y.elements() / d, grain(d), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        ByteBuffer g = HostStorage.buffer(dy, r * d, d);
        ByteBuffer p = HostStorage.buffer(y, r * d, d);
        ByteBuffer out = HostStorage.buffer(dx, r * d, d);
        // A vocabulary is long enough for a sum of floats to lose digits.
        double exact = 0;
        for (int i = 0; i < d; i++) exact += (double) Vec.get(g, i) * Vec.get(p, i);
        float sum = (float) exact;
        for (int i = 0; i < d; i++) Vec.put(out, i, Vec.get(p, i) * (Vec.get(g, i) - sum));
      }
    });
  }
}

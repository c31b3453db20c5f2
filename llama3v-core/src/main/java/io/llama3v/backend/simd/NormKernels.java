package io.llama3v.backend.simd;

import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Layer norm, RMS norm and L2 normalisation: a row at a time, weight gradients summed per thread and then in thread order. */
final class NormKernels {
  private final Parallel team;

  NormKernels(Parallel team) {
    this.team = team;
  }

  private static long grain(int width) {
    return Math.max(1, 8_192 / width);
  }

  void layerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor rstd) {
    int d = (int) x.size(-1);
    ByteBuffer w = HostStorage.buffer(weight);
    ByteBuffer b = HostStorage.buffer(bias);
    team.range(x.elements() / d, grain(d), (from, to, part) -> {
      ByteBuffer in = HostStorage.buffer(x, from * d, (to - from) * d);
      ByteBuffer out = HostStorage.buffer(y, from * d, (to - from) * d);
      ByteBuffer means = HostStorage.buffer(mean, from, to - from);
      ByteBuffer rstds = HostStorage.buffer(rstd, from, to - from);
      for (int r = 0; r < to - from; r++) {
        int at = r * d;
        float m = sum(in, at, d) / d;
        float s = (float) (1 / Math.sqrt(squaredDeviation(in, at, d, m) / d + epsilon));
        Vec.put(means, r, m);
        Vec.put(rstds, r, s);
        int i = 0;
        for (int end = Vec.bound(d); i < end; i += Vec.N) {
          FloatVector hat = Vec.load(in, at + i).sub(m).mul(s);
          Vec.store(hat.fma(Vec.load(w, i), Vec.load(b, i)), out, at + i);
        }
        for (; i < d; i++) Vec.put(out, at + i, Math.fma((Vec.get(in, at + i) - m) * s, Vec.get(w, i), Vec.get(b, i)));
      }
    });
  }

  /**
   * With {@code x̂ = (x − μ) rstd} and {@code g = dy w}: {@code dx = rstd (g − mean(g) − x̂ mean(g x̂))}, {@code dw += Σ dy x̂},
   * {@code db += Σ dy}.
   */
  void layerNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight, Tensor dBias) {
    int d = (int) x.size(-1);
    ByteBuffer w = HostStorage.buffer(weight);
    float[][] dw = dWeight == null ? null : new float[team.parts()][d];
    float[][] db = dBias == null ? null : new float[team.parts()][d];
    team.range(x.elements() / d, grain(d), (from, to, part) -> {
      ByteBuffer g = HostStorage.buffer(dy, from * d, (to - from) * d);
      ByteBuffer in = HostStorage.buffer(x, from * d, (to - from) * d);
      ByteBuffer out = dx == null ? null : HostStorage.buffer(dx, from * d, (to - from) * d);
      ByteBuffer means = HostStorage.buffer(mean, from, to - from);
      ByteBuffer rstds = HostStorage.buffer(rstd, from, to - from);
      for (int r = 0; r < to - from; r++) {
        int at = r * d;
        float m = Vec.get(means, r);
        float s = Vec.get(rstds, r);
        if (out != null) inputGradient(g, in, out, w, at, d, m, s, true, addDx);
        if (dw != null) addProduct(g, in, at, d, m, s, dw[part]);
        if (db != null) addRow(g, at, d, db[part]);
      }
    });
    collect(dw, dWeight);
    collect(db, dBias);
  }

  void rmsNorm(Tensor x, Tensor weight, float epsilon, Tensor y, Tensor rstd) {
    int d = (int) x.size(-1);
    ByteBuffer w = HostStorage.buffer(weight);
    team.range(x.elements() / d, grain(d), (from, to, part) -> {
      ByteBuffer in = HostStorage.buffer(x, from * d, (to - from) * d);
      ByteBuffer out = HostStorage.buffer(y, from * d, (to - from) * d);
      ByteBuffer rstds = HostStorage.buffer(rstd, from, to - from);
      for (int r = 0; r < to - from; r++) {
        int at = r * d;
        float s = (float) (1 / Math.sqrt(squaredDeviation(in, at, d, 0) / d + epsilon));
        Vec.put(rstds, r, s);
        int i = 0;
        for (int end = Vec.bound(d); i < end; i += Vec.N) {
          Vec.store(Vec.load(in, at + i).mul(s).mul(Vec.load(w, i)), out, at + i);
        }
        for (; i < d; i++) Vec.put(out, at + i, Vec.get(in, at + i) * s * Vec.get(w, i));
      }
    });
  }

  /** As for layer norm with mean 0 and no {@code mean(g)} term. */
  void rmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight) {
    int d = (int) x.size(-1);
    ByteBuffer w = HostStorage.buffer(weight);
    float[][] dw = dWeight == null ? null : new float[team.parts()][d];
    team.range(x.elements() / d, grain(d), (from, to, part) -> {
      ByteBuffer g = HostStorage.buffer(dy, from * d, (to - from) * d);
      ByteBuffer in = HostStorage.buffer(x, from * d, (to - from) * d);
      ByteBuffer out = dx == null ? null : HostStorage.buffer(dx, from * d, (to - from) * d);
      ByteBuffer rstds = HostStorage.buffer(rstd, from, to - from);
      for (int r = 0; r < to - from; r++) {
        float s = Vec.get(rstds, r);
        if (out != null) inputGradient(g, in, out, w, r * d, d, 0, s, false, addDx);
        if (dw != null) addProduct(g, in, r * d, d, 0, s, dw[part]);
      }
    });
    collect(dw, dWeight);
  }

  void l2Normalize(Tensor x, Tensor y, Tensor norm) {
    int d = (int) x.size(-1);
    ByteBuffer in = HostStorage.buffer(x);
    ByteBuffer out = HostStorage.buffer(y);
    ByteBuffer norms = HostStorage.buffer(norm);
    for (int r = 0; r < norm.elements(); r++) {
      float length = (float) Math.max(Math.sqrt(squaredDeviation(in, r * d, d, 0)), 1e-12);
      Vec.put(norms, r, length);
      for (int i = r * d; i < (r + 1) * d; i++) Vec.put(out, i, Vec.get(in, i) / length);
    }
  }

  void l2NormalizeBackward(Tensor dy, Tensor y, Tensor norm, Tensor dx) {
    int d = (int) y.size(-1);
    ByteBuffer g = HostStorage.buffer(dy);
    ByteBuffer unit = HostStorage.buffer(y);
    ByteBuffer out = HostStorage.buffer(dx);
    ByteBuffer norms = HostStorage.buffer(norm);
    for (int r = 0; r < norm.elements(); r++) {
      float along = 0;
      for (int i = r * d; i < (r + 1) * d; i++) along += Vec.get(g, i) * Vec.get(unit, i);
      for (int i = r * d; i < (r + 1) * d; i++) Vec.put(out, i, (Vec.get(g, i) - Vec.get(unit, i) * along) / Vec.get(norms, r));
    }
  }

  private static float sum(ByteBuffer b, int at, int n) {
    FloatVector acc = Vec.zero();
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) acc = acc.add(Vec.load(b, at + i));
    float total = acc.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) total += Vec.get(b, at + i);
    return total;
  }

  private static float squaredDeviation(ByteBuffer b, int at, int n, float from) {
    FloatVector acc = Vec.zero();
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) {
      FloatVector c = Vec.load(b, at + i).sub(from);
      acc = c.fma(c, acc);
    }
    float total = acc.reduceLanes(VectorOperators.ADD);
    for (; i < n; i++) {
      float c = Vec.get(b, at + i) - from;
      total += c * c;
    }
    return total;
  }

  private static void inputGradient(ByteBuffer dy, ByteBuffer x, ByteBuffer dx, ByteBuffer w, int at, int n, float mean, float rstd,
      boolean centred, boolean add) {
    FloatVector sumG = Vec.zero();
    FloatVector sumGx = Vec.zero();
    int end = Vec.bound(n);
    for (int i = 0; i < end; i += Vec.N) {
      FloatVector g = Vec.load(dy, at + i).mul(Vec.load(w, i));
      sumG = sumG.add(g);
      sumGx = g.fma(Vec.load(x, at + i).sub(mean).mul(rstd), sumGx);
    }
    float totalG = sumG.reduceLanes(VectorOperators.ADD);
    float totalGx = sumGx.reduceLanes(VectorOperators.ADD);
    for (int i = end; i < n; i++) {
      float g = Vec.get(dy, at + i) * Vec.get(w, i);
      totalG += g;
      totalGx += g * (Vec.get(x, at + i) - mean) * rstd;
    }
    float meanG = centred ? totalG / n : 0;
    float meanGx = totalGx / n;
    for (int i = 0; i < end; i += Vec.N) {
      FloatVector g = Vec.load(dy, at + i).mul(Vec.load(w, i));
      FloatVector hat = Vec.load(x, at + i).sub(mean).mul(rstd);
      FloatVector d = g.sub(meanG).sub(hat.mul(meanGx)).mul(rstd);
      Vec.store(add ? d.add(Vec.load(dx, at + i)) : d, dx, at + i);
    }
    for (int i = end; i < n; i++) {
      float g = Vec.get(dy, at + i) * Vec.get(w, i);
      float d = (g - meanG - (Vec.get(x, at + i) - mean) * rstd * meanGx) * rstd;
      Vec.put(dx, at + i, add ? d + Vec.get(dx, at + i) : d);
    }
  }

  private static void addProduct(ByteBuffer dy, ByteBuffer x, int at, int n, float mean, float rstd, float[] into) {
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) {
      FloatVector hat = Vec.load(x, at + i).sub(mean).mul(rstd);
      Vec.load(dy, at + i).fma(hat, FloatVector.fromArray(Vec.S, into, i)).intoArray(into, i);
    }
    for (; i < n; i++) into[i] += Vec.get(dy, at + i) * (Vec.get(x, at + i) - mean) * rstd;
  }

  private static void addRow(ByteBuffer dy, int at, int n, float[] into) {
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) {
      Vec.load(dy, at + i).add(FloatVector.fromArray(Vec.S, into, i)).intoArray(into, i);
    }
    for (; i < n; i++) into[i] += Vec.get(dy, at + i);
  }

  private static void collect(float[][] partial, Tensor into) {
    if (partial == null) return;
    ByteBuffer b = HostStorage.buffer(into);
    // Parts that had no rows are zero.
    for (float[] p : partial) for (int i = 0; i < p.length; i++) Vec.put(b, i, Vec.get(b, i) + p[i]);
  }
}

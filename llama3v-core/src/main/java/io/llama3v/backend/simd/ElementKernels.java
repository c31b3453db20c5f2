package io.llama3v.backend.simd;

import io.llama3v.backend.BinaryOp;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Element-wise kernels over flat memory. */
final class ElementKernels {
  /** Elements that are not worth a second thread. */
  private static final long GRAIN = 16_384;
  /** Floats of an operand whose block is read twice: five such blocks fit a second-level cache. */
  private static final int BLOCK = 8_192;
  private static final int DENSE = 1;
  private static final int CONSTANT = 2;
  private final Parallel team;

  ElementKernels(Parallel team) {
    this.team = team;
  }

  /** A body over one part of up to four equally long flat operands; unused ones are null. */
  private interface Body {
    void run(ByteBuffer a, ByteBuffer b, ByteBuffer c, ByteBuffer d, int n);
  }

  private void flat(Tensor a, Tensor b, Tensor c, Tensor d, Body body) {
    team.elements(a.elements(), GRAIN, (from, to, number) -> body.run(part(a, from, to), part(b, from, to), part(c, from, to),
        part(d, from, to), Math.toIntExact(to - from)));
  }

  private static ByteBuffer part(Tensor t, long from, long to) {
    return t == null ? null : HostStorage.buffer(t, from, to - from);
  }

  void fill(Tensor y, float value) {
    flat(y, null, null, null, (b, u, v, w, n) -> {
      FloatVector x = Vec.broadcast(value);
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(x, b, i);
      for (; i < n; i++) Vec.put(b, i, value);
    });
  }

  void copy(Tensor x, Tensor y) {
    flat(x, y, null, null, (a, b, v, w, n) -> b.put(0, a, 0, 4 * n));
  }

  void scale(Tensor x, float factor, Tensor y) {
    flat(x, y, null, null, (a, b, v, w, n) -> {
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(Vec.load(a, i).mul(factor), b, i);
      for (; i < n; i++) Vec.put(b, i, Vec.get(a, i) * factor);
    });
  }

  void axpy(float factor, Tensor x, Tensor y) {
    flat(x, y, null, null, (a, b, v, w, n) -> {
      FloatVector f = Vec.broadcast(factor);
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(Vec.load(a, i).fma(f, Vec.load(b, i)), b, i);
      for (; i < n; i++) Vec.put(b, i, Math.fma(Vec.get(a, i), factor, Vec.get(b, i)));
    });
  }

  void lerp(Tensor x, float t, Tensor y) {
    flat(x, y, null, null, (a, b, v, w, n) -> {
      FloatVector f = Vec.broadcast(t);
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) {
        FloatVector old = Vec.load(b, i);
        Vec.store(Vec.load(a, i).sub(old).fma(f, old), b, i);
      }
      for (; i < n; i++) Vec.put(b, i, Vec.get(b, i) + t * (Vec.get(a, i) - Vec.get(b, i)));
    });
  }

  /** GELU, QuickGELU and SiLU are {@code x σ(x)} for three choices of σ; the rare functions go element by element. */
  void unary(UnaryOp op, Tensor x, Tensor y) {
    switch (op) {
      case GELU -> flat(x, y, null, null, (a, b, v, w, n) -> {
        int i = 0;
        for (int end = Vec.bound(n); i < end; i += Vec.N) {
          FloatVector t = Vec.load(a, i);
          Vec.store(t.mul(VecMath.normalCdf(t)), b, i);
        }
        for (; i < n; i++) Vec.put(b, i, Vec.get(a, i) * VecMath.normalCdf(Vec.get(a, i)));
      });
      case QUICK_GELU -> swish(x, y, 1.702f);
      case SILU -> swish(x, y, 1f);
      case RELU -> flat(x, y, null, null, (a, b, v, w, n) -> {
        int i = 0;
        for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(Vec.load(a, i).max(0f), b, i);
        for (; i < n; i++) Vec.put(b, i, Math.max(0, Vec.get(a, i)));
      });
      case TANH -> scalar(x, y, Math::tanh);
      case SIGMOID -> flat(x, y, null, null, (a, b, v, w, n) -> sigmoid(a, b, n));
      case EXP -> scalar(x, y, Math::exp);
      case LOG -> scalar(x, y, Math::log);
    }
  }

  private void scalar(Tensor x, Tensor y, DoubleUnaryOperator f) {
    flat(x, y, null, null, (a, b, v, w, n) -> {
      for (int i = 0; i < n; i++) Vec.put(b, i, (float) f.applyAsDouble(Vec.get(a, i)));
    });
  }

  private void swish(Tensor x, Tensor y, float beta) {
    flat(x, y, null, null, (a, b, v, w, n) -> {
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) {
        FloatVector t = Vec.load(a, i);
        Vec.store(t.mul(VecMath.sigmoid(t.mul(beta))), b, i);
      }
      for (; i < n; i++) Vec.put(b, i, Vec.get(a, i) * VecMath.sigmoid(Vec.get(a, i) * beta));
    });
  }

  /** x is null for functions whose derivative follows from y, and y for the others. */
  void unaryBackward(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx) {
    switch (op) {
      case GELU -> flat(x, dy, dx, null, (a, g, d, w, n) -> {
        int i = 0;
        for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(Vec.load(g, i).mul(VecMath.geluSlope(Vec.load(a, i))), d, i);
        for (; i < n; i++) Vec.put(d, i, Vec.get(g, i) * VecMath.geluSlope(Vec.get(a, i)));
      });
      case QUICK_GELU -> swishBackward(x, dy, dx, 1.702f);
      case SILU -> swishBackward(x, dy, dx, 1f);
      case TANH -> scalarBackward(y, dy, dx, t -> 1 - t * t);
      case SIGMOID -> scalarBackward(y, dy, dx, t -> t * (1 - t));
      case EXP -> scalarBackward(y, dy, dx, t -> t);
      case RELU -> scalarBackward(y, dy, dx, t -> t > 0 ? 1 : 0);
      case LOG -> scalarBackward(x, dy, dx, t -> 1 / t);
    }
  }

  private void scalarBackward(Tensor t, Tensor dy, Tensor dx, DoubleUnaryOperator derivative) {
    flat(t, dy, dx, null, (a, g, d, w, n) -> {
      for (int i = 0; i < n; i++) Vec.put(d, i, (float) (Vec.get(g, i) * derivative.applyAsDouble(Vec.get(a, i))));
    });
  }

  /** {@code (x σ(βx))' = σ + βx σ (1 − σ)}. */
  private void swishBackward(Tensor x, Tensor dy, Tensor dx, float beta) {
    flat(x, dy, dx, null, (a, g, d, w, n) -> {
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) {
        FloatVector t = Vec.load(a, i).mul(beta);
        FloatVector s = VecMath.sigmoid(t);
        Vec.store(Vec.load(g, i).mul(t.mul(s).fma(s.neg().add(1f), s)), d, i);
      }
      for (; i < n; i++) {
        float t = Vec.get(a, i) * beta;
        float s = VecMath.sigmoid(t);
        Vec.put(d, i, Vec.get(g, i) * (s + t * s * (1 - s)));
      }
    });
  }

  void siluGate(Tensor gate, Tensor up, Tensor y) {
    flat(gate, up, y, null, (a, u, b, w, n) -> siluGate(a, u, b, n));
  }

  private static void siluGate(ByteBuffer a, ByteBuffer u, ByteBuffer b, int n) {
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) {
      FloatVector t = Vec.load(a, i);
      Vec.store(t.mul(VecMath.sigmoid(t)).mul(Vec.load(u, i)), b, i);
    }
    for (; i < n; i++) Vec.put(b, i, Vec.get(a, i) * VecMath.sigmoid(Vec.get(a, i)) * Vec.get(u, i));
  }

  /**
   * {@code dUp = dy silu(gate)}, {@code dGate = dy up silu'(gate)}; either may be null, and dGate shares no memory with an input. Short
   * loops, for the reason that {@link VecMath} gives, over blocks that stay in the cache between them; dGate first holds σ(gate).
   */
  void siluGateBackward(Tensor dy, Tensor gate, Tensor up, Tensor dGate, Tensor dUp) {
    team.range(gate.elements(), GRAIN, (from, to, number) -> {
      for (long at = from; at < to; at += BLOCK) {
        long end = Math.min(to, at + BLOCK);
        ByteBuffer a = part(gate, at, end);
        ByteBuffer g = part(dy, at, end);
        ByteBuffer da = part(dGate, at, end);
        ByteBuffer du = part(dUp, at, end);
        int n = Math.toIntExact(end - at);
        if (da == null) {
          siluGate(a, g, du, n);
        } else {
          sigmoid(a, da, n);
          if (du != null) product(a, da, g, du, n);
          siluSlope(a, da, g, part(up, at, end), n);
        }
      }
    });
  }

  private static void sigmoid(ByteBuffer a, ByteBuffer b, int n) {
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(VecMath.sigmoid(Vec.load(a, i)), b, i);
    for (; i < n; i++) Vec.put(b, i, VecMath.sigmoid(Vec.get(a, i)));
  }

  private static void product(ByteBuffer a, ByteBuffer b, ByteBuffer c, ByteBuffer y, int n) {
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(Vec.load(a, i).mul(Vec.load(b, i)).mul(Vec.load(c, i)), y, i);
    for (; i < n; i++) Vec.put(y, i, Vec.get(a, i) * Vec.get(b, i) * Vec.get(c, i));
  }

  /** s becomes {@code dy up (σ + t σ (1 − σ))}, where it was σ(t). */
  private static void siluSlope(ByteBuffer t, ByteBuffer s, ByteBuffer dy, ByteBuffer up, int n) {
    int i = 0;
    for (int end = Vec.bound(n); i < end; i += Vec.N) {
      FloatVector v = Vec.load(s, i);
      FloatVector silu = Vec.load(t, i).mul(v);
      Vec.store(Vec.load(dy, i).mul(Vec.load(up, i)).mul(v.add(silu).sub(silu.mul(v))), s, i);
    }
    for (; i < n; i++) {
      float v = Vec.get(s, i);
      float silu = Vec.get(t, i) * v;
      Vec.put(s, i, Vec.get(dy, i) * Vec.get(up, i) * (v + silu - silu * v));
    }
  }

  void gatedAdd(Tensor x, Tensor h, float tanh, Tensor y) {
    flat(x, h, y, null, (a, c, b, w, n) -> {
      FloatVector f = Vec.broadcast(tanh);
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) Vec.store(Vec.load(c, i).fma(f, Vec.load(a, i)), b, i);
      for (; i < n; i++) Vec.put(b, i, Math.fma(Vec.get(c, i), tanh, Vec.get(a, i)));
    });
  }

  /** {@code Σ a b}, one partial sum a thread, then summed in order. */
  double dot(Tensor x, Tensor y) {
    double[] partial = new double[team.parts() * 8];
    team.elements(x.elements(), GRAIN, (from, to, part) -> {
      ByteBuffer a = part(x, from, to);
      ByteBuffer b = part(y, from, to);
      int n = Math.toIntExact(to - from);
      double sum = 0;
      int i = 0;
      // Float lanes over short runs, doubles across them: fast, and exact enough for norms of billions of elements.
      for (int end = Vec.bound(n); i < end;) {
        FloatVector acc = Vec.zero();
        for (int stop = Math.min(end, i + 64 * Vec.N); i < stop; i += Vec.N) acc = Vec.load(a, i).fma(Vec.load(b, i), acc);
        sum += acc.reduceLanes(VectorOperators.ADD);
      }
      for (; i < n; i++) sum += (double) Vec.get(a, i) * Vec.get(b, i);
      partial[part * 8] += sum;
    });
    double total = 0;
    for (double p : partial) total += p;
    return total;
  }

  /**
   * Binary operations whose operands, read as [outer, middle, inner], repeat over whole axes of that reading: equal shapes,
   * one-element operands, a row added to every row, or a plane added to every row of a group. Returns false otherwise.
   */
  boolean binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    long[] shape = y.shape();
    long[] sa = Shape.broadcastStrides(a.shape(), shape);
    long[] sb = Shape.broadcastStrides(b.shape(), shape);
    int rank = shape.length;
    // The longest tail of axes over which each operand is either dense or constant.
    int tail = rank;
    long inner = 1;
    int kindA = 0;
    int kindB = 0;
    while (tail > 0) {
      int t = tail - 1;
      int ka = kind(kindA, shape[t], sa[t], inner);
      int kb = kind(kindB, shape[t], sb[t], inner);
      if (ka < 0 || kb < 0) break;
      kindA = ka;
      kindB = kb;
      inner *= shape[t];
      tail = t;
    }
    if (inner > Integer.MAX_VALUE / 8) return false;
    long runs = Shape.product(shape, 0, tail);
    int outerAxes = tail;
    boolean constantA = kindA == CONSTANT;
    boolean constantB = kindB == CONSTANT;
    if (runs == 1) {
      flat(y, constantA ? null : a, constantB ? null : b, null, (c, u, v, w, n) ->
          run(op, constantA ? HostStorage.buffer(a) : u, constantA, constantB ? HostStorage.buffer(b) : v, constantB, c, n));
      return true;
    }
    long width = inner;
    team.range(runs, Math.max(1, GRAIN / width), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        long rest = r;
        long ia = 0;
        long ib = 0;
        for (int axis = outerAxes - 1; axis >= 0; axis--) {
          long i = rest % shape[axis];
          rest /= shape[axis];
          ia += i * sa[axis];
          ib += i * sb[axis];
        }
        run(op, HostStorage.buffer(a, ia, constantA ? 1 : width), constantA, HostStorage.buffer(b, ib, constantB ? 1 : width), constantB,
            HostStorage.buffer(y, r * width, width), (int) width);
      }
    });
    return true;
  }

  /** What an operand is over one more axis of the tail: 0 = undecided, or −1 if it is neither dense nor constant. */
  private static int kind(int soFar, long size, long stride, long dense) {
    if (size == 1) return soFar;
    int here = stride == 0 ? CONSTANT : stride == dense ? DENSE : -1;
    return soFar == 0 || soFar == here ? here : -1;
  }

  private static void run(BinaryOp op, ByteBuffer a, boolean constantA, ByteBuffer b, boolean constantB, ByteBuffer y, int n) {
    float ca = constantA ? Vec.get(a, 0) : 0;
    float cb = constantB ? Vec.get(b, 0) : 0;
    FloatVector va = Vec.broadcast(ca);
    FloatVector vb = Vec.broadcast(cb);
    int i = 0;
    int end = Vec.bound(n);
    switch (op) {
      case ADD -> {
        for (; i < end; i += Vec.N) Vec.store((constantA ? va : Vec.load(a, i)).add(constantB ? vb : Vec.load(b, i)), y, i);
      }
      case SUB -> {
        for (; i < end; i += Vec.N) Vec.store((constantA ? va : Vec.load(a, i)).sub(constantB ? vb : Vec.load(b, i)), y, i);
      }
      case MUL -> {
        for (; i < end; i += Vec.N) Vec.store((constantA ? va : Vec.load(a, i)).mul(constantB ? vb : Vec.load(b, i)), y, i);
      }
      case DIV -> {
        for (; i < end; i += Vec.N) Vec.store((constantA ? va : Vec.load(a, i)).div(constantB ? vb : Vec.load(b, i)), y, i);
      }
    }
    for (; i < n; i++) {
      float s = constantA ? ca : Vec.get(a, i);
      float t = constantB ? cb : Vec.get(b, i);
      Vec.put(y, i, switch (op) {
        case ADD -> s + t;
        case SUB -> s - t;
        case MUL -> s * t;
        case DIV -> s / t;
      });
    }
  }

  /** Sums x over the axes along which y is stretched; over leading axes alone (bias gradients) a column stripe a thread. */
  void sumInto(Tensor x, Tensor y) {
    int width = (int) Math.min(Integer.MAX_VALUE, y.elements());
    if (y.elements() == 1) {
      double total = total(x);
      ByteBuffer b = HostStorage.buffer(y);
      Vec.put(b, 0, (float) (Vec.get(b, 0) + total));
      return;
    }
    long[] strides = Shape.broadcastStrides(y.shape(), x.shape());
    int axis = 0;
    while (axis < strides.length && strides[axis] == 0) axis++;
    if (Shape.product(x.shape(), axis, x.rank()) == width) sumRows(x, y, width);
    else sumRuns(x, y, strides);
  }

  /** Any other reduction, run by run; threads split the outermost axis where each of its places has a part of y to itself. */
  private void sumRuns(Tensor x, Tensor y, long[] strides) {
    long[] shape = x.shape();
    int tail = shape.length;
    int kind = 0;
    long inner = 1;
    while (tail > 1) {
      int k = kind(kind, shape[tail - 1], strides[tail - 1], inner);
      if (k < 0) break;
      kind = k;
      inner *= shape[--tail];
    }
    boolean total = kind == CONSTANT;
    int axes = tail;
    int width = Math.toIntExact(inner);
    long runsPerPlace = Shape.product(shape, 1, axes);
    ByteBuffer out = HostStorage.buffer(y);
    team.range(shape[0], strides[0] == 0 ? shape[0] : Math.max(1, GRAIN / (runsPerPlace * width)), (from, to, part) -> {
      for (long r = from * runsPerPlace; r < to * runsPerPlace; r++) {
        long rest = r;
        long at = 0;
        for (int k = axes - 1; k >= 0; k--) {
          at += rest % shape[k] * strides[k];
          rest /= shape[k];
        }
        ByteBuffer run = HostStorage.buffer(x, r * width, width);
        if (!total) {
          RowKernels.add(run, 0, out, (int) at, width);
        } else {
          double sum = Vec.get(out, (int) at);
          for (int i = 0; i < width; i++) sum += Vec.get(run, i);
          Vec.put(out, (int) at, (float) sum);
        }
      }
    });
  }

  private void sumRows(Tensor x, Tensor y, int width) {
    long rows = x.elements() / width;
    long most = Math.max(1, Math.min(4096, Parallel.PIECE / width));
    ByteBuffer out = HostStorage.buffer(y);
    // Each thread owns a stripe of columns, so that the order of every sum is fixed.
    team.range(width, rows * width <= GRAIN ? width : 4 * Vec.N, (from, to, part) -> {
      int n = (int) (to - from);
      for (long start = 0; start < rows; start += most) {
        int count = (int) Math.min(most, rows - start);
        ByteBuffer b = HostStorage.buffer(x, start * width, (long) count * width);
        int i = 0;
        for (int end = n - 4 * Vec.N; i <= end; i += 4 * Vec.N) addColumns(b, count, width, out, (int) from + i);
        for (int end = Vec.bound(n); i < end; i += Vec.N) {
          FloatVector acc = Vec.load(out, (int) from + i);
          for (int r = 0, at = (int) from + i; r < count; r++, at += width) acc = acc.add(Vec.load(b, at));
          Vec.store(acc, out, (int) from + i);
        }
        for (; i < n; i++) {
          float acc = Vec.get(out, (int) from + i);
          for (int r = 0; r < count; r++) acc += Vec.get(b, r * width + (int) from + i);
          Vec.put(out, (int) from + i, acc);
        }
      }
    });
  }

  /** Four vectors wide: whole lines of the cache, and four sums under way at a time. */
  private static void addColumns(ByteBuffer b, int rows, int width, ByteBuffer out, int column) {
    FloatVector s0 = Vec.load(out, column);
    FloatVector s1 = Vec.load(out, column + Vec.N);
    FloatVector s2 = Vec.load(out, column + 2 * Vec.N);
    FloatVector s3 = Vec.load(out, column + 3 * Vec.N);
    for (int r = 0, at = column; r < rows; r++, at += width) {
      s0 = s0.add(Vec.load(b, at));
      s1 = s1.add(Vec.load(b, at + Vec.N));
      s2 = s2.add(Vec.load(b, at + 2 * Vec.N));
      s3 = s3.add(Vec.load(b, at + 3 * Vec.N));
    }
    Vec.store(s0, out, column);
    Vec.store(s1, out, column + Vec.N);
    Vec.store(s2, out, column + 2 * Vec.N);
    Vec.store(s3, out, column + 3 * Vec.N);
  }

  private double total(Tensor x) {
    double[] partial = new double[team.parts() * 8];
    team.elements(x.elements(), GRAIN, (from, to, part) -> {
      ByteBuffer a = part(x, from, to);
      int n = Math.toIntExact(to - from);
      double sum = 0;
      int i = 0;
      for (int end = Vec.bound(n); i < end;) {
        FloatVector acc = Vec.zero();
        for (int stop = Math.min(end, i + 64 * Vec.N); i < stop; i += Vec.N) acc = acc.add(Vec.load(a, i));
        sum += acc.reduceLanes(VectorOperators.ADD);
      }
      for (; i < n; i++) sum += Vec.get(a, i);
      partial[part * 8] += sum;
    });
    double total = 0;
    for (double p : partial) total += p;
    return total;
  }
}

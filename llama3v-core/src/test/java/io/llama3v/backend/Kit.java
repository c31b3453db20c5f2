package io.llama3v.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.io.HalfPrecision;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operands for one run of a kernel: the same numbers, rounded to single precision, on every backend and in every precision.
 * Tensors lie inside larger storages, every other one off the alignment of a vector, and their surroundings are checked in the
 * end. Outputs start as NaN, so that an element nobody writes is seen.
 */
final class Kit implements AutoCloseable {
  private static final int AFTER = 3;
  private static final float UNTOUCHED = 12288; // exact in every type

  final Backend backend;
  final DType type;
  private final Scope scope;
  private final CounterRandom random;
  private final Map<String, double[]> results = new LinkedHashMap<>();
  private final List<Tensor> made;
  private final long[] drawn;
  private final boolean rounded;
  private final int shift;

  Kit(Backend backend, DType type, String stream) {
    this(backend, type, stream, false, 5);
  }

  /**
   * A kit for comparing with BF16.
   *
   * @param rounded whether all numbers are rounded to BF16, so that operands in BF16 hold the same ones as others
   * @param shift where every other tensor begins in its storage, in elements
   */
  Kit(Backend backend, DType type, String stream, boolean rounded, int shift) {
    Nd4jThreads.one();
    this.backend = backend;
    this.type = type;
    this.rounded = rounded;
    this.shift = shift;
    this.scope = backend.scope();
    this.random = new CounterRandom(11, stream);
    this.made = new ArrayList<>();
    this.drawn = new long[1];
  }

  private Kit(Kit kit, DType type) {
    this.backend = kit.backend;
    this.type = type;
    this.rounded = kit.rounded;
    this.shift = kit.shift;
    this.scope = kit.scope;
    this.random = kit.random;
    this.made = kit.made;
    this.drawn = kit.drawn;
  }

  /** The same kit, making what stays in F32 where activations are BF16: parameters, statistics, losses, masks, tables. */
  Kit wide() {
    return new Kit(this, type.accumulator());
  }

  Kernels kernels() {
    return backend.kernels();
  }

  Tensor normal(long... shape) {
    return values(i -> random.normal(drawn[0]++), shape);
  }

  Tensor uniform(double from, double to, long... shape) {
    return values(i -> from + (to - from) * random.uniform(drawn[0]++), shape);
  }

  /** 1 with the given probability, else 0. */
  Tensor bits(double ones, long... shape) {
    return values(i -> random.uniform(drawn[0]++) < ones ? 1 : 0, shape);
  }

  /** An output that must be overwritten. */
  Tensor out(long... shape) {
    return values(i -> Double.NaN, shape);
  }

  Tensor out(Tensor like) {
    return out(like.shape());
  }

  Tensor values(IntToDoubleFunction value, long... shape) {
    int count = Math.toIntExact(Shape.elements(shape));
    int before = made.size() % 2 == 0 ? 0 : shift;
    float[] values = new float[before + count + AFTER];
    java.util.Arrays.fill(values, UNTOUCHED);
    for (int i = 0; i < count; i++) values[before + i] = rounded((float) value.applyAsDouble(i));
    Tensor whole = backend.empty(type, values.length);
    if (type != DType.F64) backend.upload(FloatBuffer.wrap(values), whole);
    else whole.array().assign(Nd4j.createFromArray(values));
    Tensor part = new Tensor(backend, whole.storage(), type, before, shape);
    made.add(part);
    return part;
  }

  private float rounded(float value) {
    return rounded ? HalfPrecision.fromBfloat16(HalfPrecision.toBfloat16(value)) : value;
  }

  /** Integers over [0, bound), or {@code other} at each position where that is drawn. */
  Tensor ints(int bound, double chanceOfOther, int other, long... shape) {
    int[] values = new int[Math.toIntExact(Shape.elements(shape))];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.uniform(drawn[0]++) < chanceOfOther ? other : random.below(drawn[0]++, bound);
    }
    Tensor t = backend.empty(DType.I32, shape);
    backend.upload(IntBuffer.wrap(values), t);
    return t;
  }

  /** Reports an output. Names that start with d are gradients. */
  void result(String name, Tensor t) {
    results.put(name, t.toDoubles());
  }

  void result(String name, double value) {
    results.put(name, new double[] {value});
  }

  Map<String, double[]> results() {
    return results;
  }

  /** Fails if a kernel wrote before or after one of the tensors. */
  void checkSurroundings() {
    for (Tensor t : made) {
      double[] whole = t.storage().array(t.type(), 0, t.offset() + t.elements() + AFTER).toDoubleVector();
      for (int i = 0; i < t.offset(); i++) assertEquals(UNTOUCHED, whole[i], "written before " + t);
      for (int i = whole.length - AFTER; i < whole.length; i++) assertEquals(UNTOUCHED, whole[i], "written after " + t);
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}

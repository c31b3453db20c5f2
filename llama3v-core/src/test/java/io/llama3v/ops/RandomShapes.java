package io.llama3v.ops;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Operations on operands of random shapes, forward and backward. All draws follow from a seed, so that two backends compute the same thing in
 * their own precision: one row, no row, widths below and beside those of a vector, every ratio of heads, queries that see nothing.
 */
final class RandomShapes {
  /** Draws operands and returns what to compute of them. */
  interface Operation extends Function<RandomShapes, Supplier<Tensor>> {}

  static final Map<String, Operation> OPERATIONS = new LinkedHashMap<>();

  static {
    OPERATIONS.put("add", r -> r.binary(Arithmetic::add));
    OPERATIONS.put("sub", r -> r.binary(Arithmetic::sub));
    OPERATIONS.put("mul", r -> r.binary(Arithmetic::mul));
    OPERATIONS.put("div", r -> r.binary((a, b) -> Arithmetic.div(a, b.mul(b).add(r.plain(1)))));
    OPERATIONS.put("sumTo", RandomShapes::sumTo);
    OPERATIONS.put("concat", RandomShapes::concat);
    OPERATIONS.put("pad", RandomShapes::pad);
    OPERATIONS.put("slice", RandomShapes::slice);
    OPERATIONS.put("permute", RandomShapes::permute);
    OPERATIONS.put("matmul", RandomShapes::matmul);
    OPERATIONS.put("linear", RandomShapes::linear);
    OPERATIONS.put("low rank", RandomShapes::lowRank);
    OPERATIONS.put("layer norm", r -> {
      long d = 1 + r.below(70);
      Tensor x = r.leaf(r.rows(), d);
      Tensor w = r.leaf(d);
      Tensor b = r.leaf(d);
      return () -> LayerNormalization.apply(x, w, b, 1e-5);
    });
    OPERATIONS.put("rms norm", r -> {
      long d = 1 + r.below(70);
      Tensor x = r.leaf(r.rows(), d);
      Tensor w = r.leaf(d);
      return () -> RmsNormalization.apply(x, w, 1e-5);
    });
    OPERATIONS.put("softmax", r -> r.one(Softmax::apply));
    OPERATIONS.put("l2", r -> r.one(L2Normalize::apply));
    for (UnaryOp op : UnaryOp.values()) {
      OPERATIONS.put(op.name(), r -> r.one(x -> Unary.apply(op, op == UnaryOp.LOG ? x.mul(x).add(r.plain(1)) : x)));
    }
    OPERATIONS.put("silu gate", r -> {
      long[] shape = r.shape(3);
      Tensor gate = r.leaf(shape);
      Tensor up = r.leaf(shape);
      return () -> SiluGate.apply(gate, up);
    });
    OPERATIONS.put("gated residual", r -> {
      long[] shape = r.shape(3);
      Tensor x = r.leaf(shape);
      Tensor h = r.leaf(shape);
      Tensor gate = r.leaf(1);
      return () -> GatedResidual.apply(x, h, gate);
    });
    OPERATIONS.put("gather", RandomShapes::gather);
    OPERATIONS.put("rotary", RandomShapes::rotary);
    OPERATIONS.put("attention", RandomShapes::attention);
    OPERATIONS.put("cross entropy", RandomShapes::crossEntropy);
    OPERATIONS.put("linear cross entropy", RandomShapes::linearCrossEntropy);
    OPERATIONS.put("contrastive", r -> {
      long b = 1 + r.below(20);
      long e = 1 + r.below(40);
      Tensor image = r.leaf(b, e);
      Tensor text = r.leaf(b, e);
      Tensor scale = r.leaf();
      return () -> ContrastiveLoss.apply(image, text, scale);
    });
    OPERATIONS.put("interleave", r -> {
      long[] shape = r.shape(3);
      Tensor[] all = new Tensor[1 + r.below(5)];
      for (int i = 0; i < all.length; i++) all[i] = r.leaf(shape);
      Tensor base = r.leaf(shape);
      return () -> InterleaveFeatures.apply(base, all);
    });
    OPERATIONS.put("unfold patches", r -> {
      int p = 1 + r.below(5);
      Tensor pixels = r.leaf(r.rows() % 4, 1 + r.below(4), p * (1 + r.below(5)), p * (1 + r.below(5)));
      return () -> UnfoldPatches.apply(pixels, p);
    });
    OPERATIONS.put("convolution", RandomShapes::convolution);
    OPERATIONS.put("max pooling", RandomShapes::maxPool);
  }

  private final Backend backend;
  private final DType type;
  private final SplittableRandom random;
  private final List<Tensor> leaves = new ArrayList<>();

  private RandomShapes(Backend backend, DType type, long seed) {
    this.backend = backend;
    this.type = type;
    this.random = new SplittableRandom(seed);
  }

  /** Output {@code y} and gradients {@code d0}, {@code d1}, … of one operation on one backend. */
  static Map<String, double[]> run(Operation operation, Backend backend, DType type, long seed) {
    RandomShapes shapes = new RandomShapes(backend, type, seed);
    Map<String, double[]> results = new LinkedHashMap<>();
    try (Scope scope = new Scope(backend)) {
      Supplier<Tensor> compute = operation.apply(shapes);
      Tensor dy = null;
      try (Tape tape = Tape.record(scope.backend())) {
        Tensor y = compute.get();
        results.put("y", y.toDoubles());
        if (tape.size() == 0) return results;
        dy = shapes.constant(y.shape());
        tape.backward(y, dy);
      }
      for (int i = 0; i < shapes.leaves.size(); i++) {
        Tensor grad = shapes.leaves.get(i).grad();
        if (grad != null) results.put("d" + i + shapes.leaves.get(i), grad.toDoubles());
        shapes.leaves.get(i).clearGrad();
      }
      return results;
    }
  }

  // ---- draws ----

  private int below(int bound) {
    return random.nextInt(bound);
  }

  /** Rows: often few, sometimes none. */
  private long rows() {
    int kind = below(20);
    return kind == 0 ? 0 : kind < 8 ? 1 + below(5) : 1 + below(60);
  }

  private long[] shape(int rank) {
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) shape[i] = i == 0 ? rows() : 1 + below(i == rank - 1 ? 70 : 6);
    return shape;
  }

  private double[] draw(long... shape) {
    double[] values = new double[Math.toIntExact(Shape.elements(shape))];
    for (int i = 0; i < values.length; i++) values[i] = (float) (2 * random.nextDouble() - 1 + random.nextDouble() - random.nextDouble());
    return values;
  }

  private Tensor constant(long... shape) {
    return of(draw(shape), shape);
  }

  private Tensor of(double[] values, long... shape) {
    if (type == DType.F64) return backend.tensor(values, shape);
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
    return backend.tensor(floats, shape);
  }

  /** One number, in the type at hand. */
  private Tensor plain(double value) {
    return of(new double[] {value}, 1);
  }

  /** An operand, which wants a gradient as a rule. */
  private Tensor leaf(long... shape) {
    Tensor leaf = constant(shape).requireGrad(below(8) != 0);
    leaves.add(leaf);
    return leaf;
  }

  private Tensor flags(double ones, long... shape) {
    double[] values = new double[Math.toIntExact(Shape.elements(shape))];
    for (int i = 0; i < values.length; i++) values[i] = random.nextDouble() < ones ? 1 : 0;
    return of(values, shape);
  }

  private Tensor ids(int bound, int count) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) ids[i] = below(bound);
    return backend.tensor(ids, count);
  }

  // ---- operations ----

  private interface Two {
    Tensor apply(Tensor a, Tensor b);
  }

  private Supplier<Tensor> one(Function<Tensor, Tensor> operation) {
    Tensor x = leaf(shape(1 + below(3)));
    return x.size(-1) == 0 ? () -> x : () -> operation.apply(x);
  }

  private Supplier<Tensor> binary(Two operation) {
    long[] shape = shape(1 + below(4));
    long[] other = shape.clone();
    for (int i = 0; i < other.length; i++) if (below(3) == 0) other[i] = 1;
    int cut = below(other.length + 1) * below(2);
    Tensor a = leaf(shape);
    Tensor b = leaf(java.util.Arrays.copyOfRange(other, cut, other.length));
    return below(2) == 0 ? () -> operation.apply(a, b) : () -> operation.apply(b, a);
  }

  private Supplier<Tensor> sumTo() {
    long[] shape = shape(1 + below(4));
    long[] to = shape.clone();
    for (int i = 0; i < to.length; i++) if (below(2) == 0) to[i] = 1;
    int cut = below(to.length + 1) * below(2);
    Tensor x = leaf(shape);
    return () -> Arithmetic.sumTo(x, java.util.Arrays.copyOfRange(to, cut, to.length));
  }

  private Supplier<Tensor> concat() {
    long[] shape = shape(1 + below(4));
    int axis = below(shape.length);
    Tensor[] parts = new Tensor[1 + below(4)];
    for (int i = 0; i < parts.length; i++) {
      shape[axis] = below(9);
      parts[i] = leaf(shape);
    }
    return () -> Concat.apply(axis, parts);
  }

  private Supplier<Tensor> pad() {
    Tensor x = leaf(shape(1 + below(4)));
    int axis = below(x.rank());
    int before = below(4);
    int after = below(4);
    return () -> Concat.pad(x, axis, before, after);
  }

  private Supplier<Tensor> slice() {
    Tensor x = leaf(shape(1 + below(4)));
    int axis = below(x.rank());
    int from = below((int) x.size(axis) + 1);
    int to = from + below((int) x.size(axis) - from + 1);
    return () -> Slice.apply(x, axis, from, to).mul(Slice.apply(x, axis, from, to));
  }

  private Supplier<Tensor> permute() {
    Tensor x = leaf(shape(1 + below(5)));
    int[] axes = new int[x.rank()];
    for (int i = 0; i < axes.length; i++) axes[i] = i;
    for (int i = axes.length - 1; i > 0; i--) {
      int j = below(i + 1);
      int swapped = axes[i];
      axes[i] = axes[j];
      axes[j] = swapped;
    }
    return () -> Permute.apply(x, axes);
  }

  private Supplier<Tensor> matmul() {
    boolean ta = below(2) == 0;
    boolean tb = below(2) == 0;
    long m = rows();
    long n = 1 + below(70);
    long k = 1 + below(70);
    long[] batch = below(2) == 0 ? new long[0] : new long[] {1 + below(3), below(4)};
    Tensor a = leaf(join(batch, ta ? k : m, ta ? m : k));
    Tensor b = leaf(join(batch, tb ? n : k, tb ? k : n));
    return () -> MatMul.apply(a, ta, b, tb);
  }

  private static long[] join(long[] batch, long rows, long columns) {
    long[] shape = java.util.Arrays.copyOf(batch, batch.length + 2);
    shape[batch.length] = rows;
    shape[batch.length + 1] = columns;
    return shape;
  }

  private Supplier<Tensor> linear() {
    long in = 1 + below(200);
    long out = 1 + below(200);
    Tensor x = below(2) == 0 ? leaf(rows(), in) : leaf(1 + below(3), 1 + below(3), in);
    Tensor w = leaf(out, in);
    Tensor b = below(2) == 0 ? null : leaf(out);
    return () -> LinearMap.apply(x, w, b);
  }

  private Supplier<Tensor> lowRank() {
    long in = 1 + below(40);
    long rank = 1 + below(5);
    Tensor x = leaf(rows(), in);
    Tensor a = leaf(rank, in);
    Tensor b = leaf(1 + below(40), rank);
    return () -> LowRankMap.apply(x, a, b, 0.5);
  }

  private Supplier<Tensor> gather() {
    int rows = 1 + below(30);
    Tensor table = leaf(rows, 1 + below(70));
    Tensor ids = ids(rows, (int) rows());
    return () -> GatherRows.apply(table, ids);
  }

  private Supplier<Tensor> rotary() {
    long batch = 1 + below(3);
    long time = 1 + below(20);
    long half = 1 + below(20);
    Tensor x = leaf(batch, time, 1 + below(4), 2 * half);
    long tables = below(2) == 0 ? 1 : batch;
    Tensor cos = constant(tables, time, half);
    Tensor sin = constant(tables, time, half);
    return () -> Rotary.apply(x, cos, sin);
  }

  private Supplier<Tensor> attention() {
    long batch = 1 + below(3);
    long keyHeads = 1 + below(3);
    long heads = keyHeads * (1 + below(4));
    long width = 1 + below(40);
    boolean square = below(2) == 0;
    int queries = 1 + below(below(3) == 0 ? 150 : 20);
    int keys = square ? queries : 1 + below(below(3) == 0 ? 150 : 20);
    Tensor q = leaf(batch, queries, heads, width);
    Tensor k = leaf(batch, keys, keyHeads, width);
    Tensor v = leaf(batch, keys, keyHeads, width);
    Tensor visible = below(3) == 0 ? flags(random.nextDouble(), batch, keys) : null;
    Tensor padding = square && below(4) == 0 ? flags(random.nextDouble(), batch, queries) : null;
    int groups = 1 + below(4);
    Tensor tiles = keys % groups == 0 && below(3) == 0 ? flags(0.5, batch, queries, groups) : null;
    Tensor bias = below(3) == 0 ? constant(below(2) == 0 ? 1 : batch, below(2) == 0 ? 1 : heads, queries, keys) : null;
    Tensor starts = null;
    if (below(3) == 0) {
      double[] first = new double[(int) batch * queries];
      for (int i = 0; i < first.length; i++) first[i] = below(keys + 2);
      starts = of(first, batch, queries);
    }
    AttentionMask mask = new AttentionMask(below(2) == 0, visible, padding, tiles, bias, starts);
    return () -> ScaledDotProductAttention.apply(q, k, v, mask);
  }

  private Tensor labels(int rows, int classes) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) labels[i] = below(4) == 0 ? CrossEntropy.IGNORE : below(classes);
    return backend.tensor(labels, rows);
  }

  private Supplier<Tensor> crossEntropy() {
    int rows = (int) rows();
    int classes = 1 + below(90);
    Tensor logits = leaf(rows, classes);
    Tensor labels = labels(rows, classes);
    Tensor weights = below(2) == 0 ? null : flags(0.5, rows);
    return below(2) == 0 ? () -> CrossEntropy.perRow(logits, labels, weights) : () -> CrossEntropy.apply(logits, labels, weights, 3);
  }

  private Supplier<Tensor> linearCrossEntropy() {
    int rows = (int) rows();
    int classes = 1 + below(90);
    long width = 1 + below(30);
    long block = 1 + below(12);
    Tensor x = leaf(rows, width);
    Tensor w = leaf(classes, width);
    Tensor labels = labels(rows, classes);
    return below(2) == 0 ? () -> LinearCrossEntropy.perRow(x, w, labels, block) : () -> LinearCrossEntropy.apply(x, w, labels, 3, block);
  }

  private Supplier<Tensor> convolution() {
    int h = 1 + below(4);
    int w = 1 + below(4);
    int padding = below(Math.min(h, w));
    Tensor x = leaf(1 + below(3), h + below(9), w + below(9), 1 + below(9));
    Tensor weight = leaf(1 + below(9), x.size(3), h, w);
    Tensor bias = below(2) == 0 ? null : leaf(weight.size(0));
    int stride = 1 + below(3);
    return () -> Convolution2d.apply(x, weight, bias, stride, padding);
  }

  private Supplier<Tensor> maxPool() {
    int size = 1 + below(4);
    int padding = below(size);
    int stride = 1 + below(3);
    Tensor x = leaf(1 + below(3), size + below(9), size + below(9), 1 + below(20));
    return () -> MaxPool2d.apply(x, size, stride, padding);
  }
}

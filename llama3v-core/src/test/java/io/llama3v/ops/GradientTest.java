package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operation's backward pass against finite differences, except attention's, which has a test of its own. */
class GradientTest {
  private Backend backend;
  private Scope scope;
  private GradientCheck check;

  @BeforeEach
  void open(TestInfo test) {
    backend = Backend.named("nd4j");
    scope = backend.scope();
    check = new GradientCheck(backend, test.getDisplayName());
  }

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @ParameterizedTest
  @EnumSource(UnaryOp.class)
  void unary(UnaryOp op) {
    Tensor x = op == UnaryOp.LOG ? check.uniform(0.3, 3, 3, 7) : check.normal(3, 7);
    check.check(in -> Unary.apply(op, in[0]), x);
    check.check(in -> Unary.apply(op, in[0]), op == UnaryOp.LOG ? check.uniform(1, 2) : check.normal());
  }

  @Test
  void arithmetic() {
    long[][][] pairs = {{{3, 5}, {3, 5}}, {{2, 3, 5}, {5}}, {{2, 1, 5}, {3, 1}}, {{4}, {}}, {{1}, {2, 3}}, {{1, 1}, {1}}};
    for (long[][] pair : pairs) {
      Tensor a = check.normal(pair[0]);
      Tensor b = check.uniform(0.5, 2, pair[1]);
      check.check(in -> Arithmetic.add(in[0], in[1]), a, b);
      check.check(in -> Arithmetic.sub(in[0], in[1]), a, b);
      check.check(in -> Arithmetic.mul(in[0], in[1]), a, b);
      check.check(in -> Arithmetic.div(in[0], in[1]), a, b);
    }
  }

  @Test
  void operandUsedTwice() {
    check.check(in -> in[0].mul(in[0]).add(in[0]).sub(in[0].mul(in[1])), check.normal(3, 4), check.normal(4));
  }

  @Test
  void lowRankMap() {
    check.check(in -> LowRankMap.apply(in[0], in[1], in[2], 0.5), check.normal(2, 3, 5), check.normal(2, 5), check.normal(4, 2));
  }

  @Test
  void scaleAndSums() {
    check.check(in -> Arithmetic.scale(in[0], -1.7), check.normal(3, 5));
    check.check(in -> Arithmetic.sumTo(in[0], 5), check.normal(2, 3, 5));
    check.check(in -> Arithmetic.sumTo(in[0], 2, 1, 5), check.normal(2, 3, 5));
    check.check(in -> in[0].sum(), check.normal(7));
    check.check(in -> in[0].mean(), check.normal(3, 7));
  }

  @Test
  void shapes() {
    check.check(in -> Reshape.apply(in[0], 5, -1), check.normal(2, 3, 5));
    check.check(in -> Permute.apply(in[0], 2, 0, 3, 1), check.normal(2, 3, 5, 1));
    check.check(in -> Permute.apply(in[0], 1, 0), check.normal(4, 3));
    check.check(in -> Permute.apply(in[0], -1, 0), check.normal(4, 3));
    for (int axis = 0; axis < 3; axis++) {
      int a = axis;
      check.check(in -> Slice.apply(in[0], a, 1, 2), check.normal(3, 2, 5));
      check.check(in -> Concat.pad(in[0], a, 2, 1), check.normal(3, 2, 5));
      long[] other = {3, 2, 5};
      other[a] = 4;
      check.check(in -> Concat.apply(a, in[0], in[1], in[0]), check.normal(3, 2, 5), check.normal(other));
    }
    check.check(in -> Slice.apply(in[0], 0, 1, 3).mul(Slice.apply(in[0], 0, 0, 2)), check.normal(3, 2));
  }

  @Test
  void products() {
    for (int variant = 0; variant < 4; variant++) {
      boolean ta = (variant & 1) != 0;
      boolean tb = (variant & 2) != 0;
      check.check(in -> MatMul.apply(in[0], ta, in[1], tb), ta ? check.normal(2, 5, 3) : check.normal(2, 3, 5),
          tb ? check.normal(2, 4, 5) : check.normal(2, 5, 4));
    }
    check.check(in -> MatMul.apply(in[0], false, in[1], false), check.normal(1, 1), check.normal(1, 1));
    check.check(in -> LinearMap.apply(in[0], in[1], in[2]), check.normal(2, 3, 5), check.normal(7, 5), check.normal(7));
    check.check(in -> LinearMap.apply(in[0], in[1], null), check.normal(3, 1), check.normal(1, 1));
  }

  @Test
  void normalisations() {
    for (long[] shape : new long[][] {{3, 7}, {2, 2, 5}, {1, 4}, {5}}) {
      long width = shape[shape.length - 1];
      check.check(in -> LayerNormalization.apply(in[0], in[1], in[2], 1e-5), check.normal(shape), check.normal(width),
          check.normal(width));
      check.check(in -> RmsNormalization.apply(in[0], in[1], 1e-5), check.normal(shape), check.normal(width));
      check.check(in -> L2Normalize.apply(in[0]), check.normal(shape));
      check.check(in -> Softmax.apply(in[0]), check.normal(shape));
    }
    check.check(in -> Softmax.apply(in[0]), check.normal(3, 1));
  }

  @Test
  void gates() {
    check.check(in -> SiluGate.apply(in[0], in[1]), check.normal(3, 7), check.normal(3, 7));
    check.check(in -> GatedResidual.apply(in[0], in[1], in[2]), check.normal(3, 7), check.normal(3, 7), check.uniform(-1, 1, 1));
    check.check(in -> GatedResidual.apply(in[0], in[1], in[2]), check.normal(2, 3), check.normal(2, 3), check.values(i -> 0, 1));
  }

  @Test
  void rotary() {
    for (long batch : new long[] {1, 3}) {
      Tensor angle = check.uniform(0, 6, batch, 5, 3);
      Tensor cos = check.values(i -> Math.cos(angle.toDoubles()[(int) i]), batch, 5, 3);
      Tensor sin = check.values(i -> Math.sin(angle.toDoubles()[(int) i]), batch, 5, 3);
      check.check(in -> Rotary.apply(in[0], cos, sin), check.normal(3, 5, 2, 6));
    }
  }

  @Test
  void rowsAndPatches() {
    Tensor ids = backend.tensor(new int[] {2, 0, 2, 2, 4, 0}, 2, 3);
    check.check(in -> GatherRows.apply(in[0], ids), check.normal(5, 3));
    check.check(in -> UnfoldPatches.apply(in[0], 2), check.normal(2, 3, 4, 6));
    check.check(in -> UnfoldPatches.apply(in[0], 1), check.normal(1, 1, 3, 1));
    check.check(in -> InterleaveFeatures.apply(in[0], in[1], in[2], in[3]), check.normal(2, 3, 5), check.normal(2, 3, 5),
        check.normal(2, 3, 5), check.normal(2, 3, 5));
    check.check(in -> InterleaveFeatures.apply(in[0], in[1]), check.normal(3, 4), check.normal(3, 4));
    check.check(in -> InterleaveFeatures.apply(in[0]), check.normal(3, 4));
  }

  @Test
  void convolutionsAndPools() {
    check.check(in -> Convolution2d.apply(in[0], in[1], in[2], 1, 1), check.normal(2, 4, 5, 3), check.normal(4, 3, 3, 3), check.normal(4));
    check.check(in -> Convolution2d.apply(in[0], in[1], null, 2, 1), check.normal(1, 5, 4, 2), check.normal(3, 2, 3, 3));
    check.check(in -> Convolution2d.apply(in[0], in[1], null, 1, 0), check.normal(2, 3, 2, 4), check.normal(5, 4, 1, 1));
    check.check(in -> Convolution2d.apply(in[0], in[1], in[2], 2, 0), check.normal(2, 3, 4, 2), check.normal(2, 2, 1, 1), check.normal(2));
    check.check(in -> Convolution2d.apply(in[0], in[1], null, 1, 0), check.normal(1, 4, 5, 1), check.normal(2, 1, 2, 3));
    check.check(in -> MaxPool2d.apply(in[0], 3, 2, 1), check.normal(2, 5, 6, 3));
    check.check(in -> MaxPool2d.apply(in[0], 2, 1, 0), check.normal(1, 3, 3, 2));
  }

  @Test
  void losses() {
    Tensor labels = backend.tensor(new int[] {6, CrossEntropy.IGNORE, 0, 3}, 4);
    Tensor weights = check.uniform(0, 2, 4);
    check.check(in -> CrossEntropy.apply(in[0], labels, null, 3), check.normal(4, 7));
    check.check(in -> CrossEntropy.apply(in[0], labels, weights, 5), check.normal(4, 7));
    check.check(in -> CrossEntropy.perRow(in[0], labels, weights), check.normal(4, 7));
    for (int block : new int[] {1, 3, 4, 9}) {
      check.check(in -> LinearCrossEntropy.apply(in[0], in[1], labels, 3, block), check.normal(4, 5), check.normal(7, 5));
      check.check(in -> LinearCrossEntropy.apply(in[0], in[1], labels, 3, block).mul(-2), check.normal(4, 5), check.normal(7, 5));
    }
    check.check(in -> ContrastiveLoss.apply(L2Normalize.apply(in[0]), L2Normalize.apply(in[1]), in[2]), check.normal(3, 5),
        check.normal(3, 5), check.uniform(1, 2));
  }
}

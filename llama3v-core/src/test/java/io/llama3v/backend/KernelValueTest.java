package io.llama3v.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of kernels against {@link Naive} loops, on every backend that runs here, in single and double precision. */
class KernelValueTest {
  static Stream<Arguments> backends() {
    return Backends.all().stream().filter(p -> p.unavailable().isEmpty())
        .flatMap(p -> Stream.of(Arguments.of(p.name(), DType.F32), Arguments.of(p.name(), DType.F64)));
  }

  private static void with(String name, DType type, Consumer<Kit> test) {
    try (Backend backend = Backend.named(name)) {
      long before = backend.liveBytes();
      try (Kit kit = new Kit(backend, type, "values")) {
        test.accept(kit);
        kit.checkSurroundings();
      }
      assertEquals(before, backend.liveBytes(), "bytes left behind");
    }
  }

  private static void expect(double[] expected, Tensor actual) {
    double tolerance = actual.type() == DType.F64 ? 1e-12 : 1e-5;
    assertNull(BackendAgreementTest.difference(expected, actual.toDoubles(), tolerance, 0));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void unary(String name, DType type) {
    with(name, type, kit -> {
      for (UnaryOp op : UnaryOp.values()) {
        Tensor x = op == UnaryOp.LOG ? kit.uniform(0.01, 20, 7, 19) : kit.uniform(-6, 6, 7, 19);
        Tensor y = kit.out(7, 19);
        kit.kernels().unary(op, x, y);
        expect(Arrays.stream(x.toDoubles()).map(v -> Naive.unary(op, v)).toArray(), y);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void broadcasting(String name, DType type) {
    long[][][] pairs = {{{3, 5}, {5}}, {{2, 1, 5}, {3, 1}}, {{1, 4, 1}, {2, 1, 3}}, {{}, {2, 2}}, {{}, {}}, {{3, 1}, {1, 3}}};
    with(name, type, kit -> {
      for (long[][] pair : pairs) {
        for (BinaryOp op : BinaryOp.values()) {
          Tensor a = kit.normal(pair[0]);
          Tensor b = kit.uniform(1, 2, pair[1]);
          long[] shape = Shape.broadcast(pair[0], pair[1]);
          Tensor y = kit.out(shape);
          kit.kernels().binary(op, a, b, y);
          double[] expected = new double[(int) y.elements()];
          for (int i = 0; i < expected.length; i++) {
            expected[i] = Naive.binary(op, a.toDoubles()[Naive.broadcastIndex(pair[0], shape, i)],
                b.toDoubles()[Naive.broadcastIndex(pair[1], shape, i)]);
          }
          expect(expected, y);
          Tensor sum = kit.normal(pair[1]);
          double[] sums = sum.toDoubles();
          for (int i = 0; i < expected.length; i++) sums[Naive.broadcastIndex(pair[1], shape, i)] += y.toDoubles()[i];
          kit.kernels().sumInto(y, sum);
          expect(sums, sum);
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void norms(String name, DType type) {
    with(name, type, kit -> {
      int rows = 5;
      int d = 37;
      Tensor x = kit.uniform(-1, 4, rows, d);
      Tensor w = kit.normal(d);
      Tensor b = kit.normal(d);
      Tensor y = kit.out(x);
      Tensor mean = kit.out(rows);
      Tensor rstd = kit.out(rows);
      double[] layer = new double[rows * d];
      double[] rms = new double[rows * d];
      double[] unit = new double[rows * d];
      double[] soft = new double[rows * d];
      double[][] saved = new double[4][rows];
      for (int r = 0; r < rows; r++) {
        double[] v = Naive.row(x.toDoubles(), r, d);
        saved[0][r] = Naive.mean(v);
        double mu = saved[0][r];
        saved[1][r] = 1 / Math.sqrt(Naive.mean(Arrays.stream(v).map(e -> (e - mu) * (e - mu)).toArray()) + 1e-5);
        double squares = Naive.mean(Arrays.stream(v).map(e -> e * e).toArray());
        saved[2][r] = 1 / Math.sqrt(squares + 1e-6);
        saved[3][r] = Math.sqrt(squares * d);
        double total = Arrays.stream(v).map(Math::exp).sum();
        for (int c = 0; c < d; c++) {
          layer[r * d + c] = (v[c] - mu) * saved[1][r] * w.toDoubles()[c] + b.toDoubles()[c];
          rms[r * d + c] = v[c] * saved[2][r] * w.toDoubles()[c];
          unit[r * d + c] = v[c] / saved[3][r];
          soft[r * d + c] = Math.exp(v[c]) / total;
        }
      }
      kit.kernels().layerNorm(x, w, b, 1e-5, y, mean, rstd);
      expect(layer, y);
      expect(saved[0], mean);
      expect(saved[1], rstd);
      kit.kernels().rmsNorm(x, w, 1e-6, y, rstd);
      expect(rms, y);
      expect(saved[2], rstd);
      kit.kernels().l2Normalize(x, y, rstd);
      expect(unit, y);
      expect(saved[3], rstd);
      kit.kernels().softmax(x, y);
      expect(soft, y);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void unitLengthOfZeroIsZero(String name, DType type) {
    with(name, type, kit -> {
      Tensor y = kit.out(2, 9);
      Tensor norm = kit.out(2);
      kit.kernels().l2Normalize(kit.values(i -> i < 9 ? 0 : 1, 2, 9), y, norm);
      double[] expected = new double[18];
      Arrays.fill(expected, 9, 18, 1 / 3.0);
      expect(expected, y);
      kit.kernels().l2NormalizeBackward(kit.normal(2, 9), y, norm, y);
      assertTrue(Arrays.stream(y.toDoubles()).allMatch(Double::isFinite), "a zero row has a finite gradient");
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void attention(String name, DType type) {
    with(name, type, kit -> {
      for (int[] n : new int[][] {{2, 5, 5, 4, 2, 6}, {2, 3, 6, 2, 1, 9}, {1, 7, 3, 1, 1, 1}, {1, 1, 12, 2, 2, 16}}) {
        Tensor q = kit.normal(n[0], n[1], n[3], n[5]);
        Tensor k = kit.normal(n[0], n[2], n[4], n[5]);
        Tensor v = kit.normal(n[0], n[2], n[4], n[5]);
        int groups = n[2] % 3 == 0 ? 3 : 1;
        Tensor keys = kit.bits(0.6, n[0], n[2]);
        Tensor seen = kit.bits(0.5, n[0], n[1], groups);
        Tensor bias = kit.normal(1, n[3], n[1], n[2]);
        AttentionMask[] masks = {AttentionMask.NONE, AttentionMask.CAUSAL, AttentionMask.causal(keys), AttentionMask.groups(seen),
            new AttentionMask(false, null, null, null, bias), new AttentionMask(true, keys, null, seen, bias),
            AttentionMask.packed(kit.values(i -> i % n[1] / 2 * 2, n[0], n[1])),
            n[1] == n[2] ? AttentionMask.padding(kit.bits(0.4, n[0], n[1])) : AttentionMask.NONE};
        for (AttentionMask mask : masks) {
          Tensor out = kit.out(q);
          Tensor lse = kit.out(n[0], n[3], n[1]);
          kit.kernels().attention(q, k, v, mask, 0.4, out, lse);
          double[][] expected = Naive.attention(q, k, v, mask, 0.4);
          expect(expected[0], out);
          // A log-sum-exp is a logarithm: near 0 only its absolute error means something.
          assertNull(BackendAgreementTest.difference(expected[1], lse.toDoubles(), type == DType.F64 ? 1e-12 : 1e-5, 1));
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void rotary(String name, DType type) {
    with(name, type, kit -> {
      int b = 2;
      int t = 3;
      int h = 5;
      int half = 7;
      Tensor x = kit.normal(b, t, h, 2 * half);
      Tensor angles = kit.uniform(-3, 3, 1, t, half);
      Tensor cos = kit.values(i -> Math.cos(angles.toDoubles()[i]), 1, t, half);
      Tensor sin = kit.values(i -> Math.sin(angles.toDoubles()[i]), 1, t, half);
      double[] xs = x.toDoubles();
      double[] expected = new double[xs.length];
      for (int row = 0; row < b * t * h; row++) {
        int position = row / h % t;
        for (int i = 0; i < half; i++) {
          double c = cos.toDoubles()[position * half + i];
          double s = sin.toDoubles()[position * half + i];
          int first = row * 2 * half + i;
          expected[first] = xs[first] * c - xs[first + half] * s;
          expected[first + half] = xs[first + half] * c + xs[first] * s;
        }
      }
      Tensor y = kit.out(x);
      kit.kernels().rotary(x, cos, sin, false, y);
      expect(expected, y);
      Tensor back = kit.out(x);
      kit.kernels().rotary(y, cos, sin, true, back);
      double tolerance = type == DType.F64 ? 1e-6 : 1e-5; // cos and sin are rounded to single precision
      assertNull(BackendAgreementTest.difference(xs, back.toDoubles(), tolerance, 0));
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void patchesAndFeatures(String name, DType type) {
    with(name, type, kit -> {
      int p = 3;
      Tensor pixels = kit.normal(2, 2, 6, 9);
      Tensor y = kit.out(2, 6, 2 * p * p);
      kit.kernels().unfoldPatches(pixels, p, y);
      double[] expected = new double[(int) y.elements()];
      int at = 0;
      for (int n = 0; n < 2; n++) {
        for (int row = 0; row < 2; row++) {
          for (int column = 0; column < 3; column++) {
            for (int c = 0; c < 2; c++) {
              for (int dy = 0; dy < p; dy++) {
                for (int dx = 0; dx < p; dx++) {
                  expected[at++] = pixels.toDoubles()[((n * 2 + c) * 6 + row * p + dy) * 9 + column * p + dx];
                }
              }
            }
          }
        }
      }
      expect(expected, y);
      Tensor back = kit.out(pixels);
      kit.kernels().foldPatches(y, p, back);
      expect(pixels.toDoubles(), back);

      int d = 5;
      Tensor base = kit.normal(4, d);
      Tensor[] features = {kit.normal(4, d), kit.normal(4, d), kit.normal(4, d)};
      Tensor joined = kit.out(4, 4 * d);
      kit.kernels().interleave(base, features, joined);
      double[] order = new double[16 * d];
      for (int r = 0; r < 4; r++) {
        for (int c = 0; c < d; c++) {
          order[r * 4 * d + c] = base.toDoubles()[r * d + c];
          for (int f = 0; f < 3; f++) order[r * 4 * d + d + c * 3 + f] = features[f].toDoubles()[r * d + c];
        }
      }
      expect(order, joined);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void crossEntropy(String name, DType type) {
    with(name, type, kit -> {
      int rows = 6;
      int vocabulary = 31;
      Tensor z = kit.uniform(-4, 4, rows, vocabulary);
      Tensor labels = kit.ints(vocabulary, 0.3, -100, rows);
      Tensor weights = kit.uniform(0.5, 2, rows);
      Tensor losses = kit.out(rows);
      Tensor lse = kit.out(rows);
      kit.kernels().crossEntropy(z, labels, weights, -100, losses, lse);
      double[] expected = new double[rows];
      for (int r = 0; r < rows; r++) {
        int label = labels.toInts()[r];
        double sum = Arrays.stream(Naive.row(z.toDoubles(), r, vocabulary)).map(Math::exp).sum();
        if (label != -100) expected[r] = weights.toDoubles()[r] * (Math.log(sum) - z.toDoubles()[r * vocabulary + label]);
      }
      expect(expected, losses);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void adamWFollowsItsFormula(String name, DType type) {
    with(name, type, kit -> {
      Tensor p = kit.normal(21);
      Tensor m = kit.values(i -> 0, 21);
      Tensor v = kit.values(i -> 0, 21);
      double[] expected = p.toDoubles();
      double[] em = new double[21];
      double[] ev = new double[21];
      for (int t = 1; t <= 4; t++) {
        Tensor g = kit.normal(21);
        kit.kernels().adamW(p, g, m, v, new AdamWStep(0.01, 0.9, 0.99, 1e-6, 0.1, t, 2));
        for (int i = 0; i < 21; i++) {
          double gi = 2 * g.toDoubles()[i];
          em[i] = 0.9 * em[i] + 0.1 * gi;
          ev[i] = 0.99 * ev[i] + 0.01 * gi * gi;
          expected[i] *= 1 - 0.01 * 0.1;
          expected[i] -= 0.01 / (1 - Math.pow(0.9, t)) * em[i] / (Math.sqrt(ev[i]) / Math.sqrt(1 - Math.pow(0.99, t)) + 1e-6);
        }
      }
      expect(expected, p);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void sums(String name, DType type) {
    with(name, type, kit -> {
      Tensor x = kit.values(i -> 0.1f, 1_000_003);
      double exact = 1_000_003 * (double) 0.1f * 0.1f;
      // A running sum in single precision would be off by 1e-2.
      assertEquals(exact, kit.kernels().sumOfSquares(x), exact * (type == DType.F64 ? 1e-9 : 1e-6));
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void emptyTensorsAreFine(String name, DType type) {
    with(name, type, kit -> {
      Backend b = kit.backend;
      Tensor none = b.empty(type, 0, 4);
      Tensor w = kit.normal(4);
      Tensor ids = b.empty(DType.I32, 0);
      b.kernels().fill(none, 1);
      b.kernels().unary(UnaryOp.GELU, none, b.empty(type, 0, 4));
      b.kernels().binary(BinaryOp.ADD, none, w, b.empty(type, 0, 4));
      b.kernels().linear(none, kit.normal(3, 4), null, b.empty(type, 0, 3));
      b.kernels().rmsNorm(none, w, 1e-5, b.empty(type, 0, 4), b.empty(type, 0));
      b.kernels().gatherRows(kit.normal(3, 4), ids, none);
      b.kernels().crossEntropy(none, ids, null, -100, b.empty(type, 0), b.empty(type, 0));
      Tensor sum = kit.normal(4);
      double[] before = sum.toDoubles();
      b.kernels().sumInto(none, sum);
      expect(before, sum);
      Tensor c = kit.out(2, 3);
      b.kernels().matmul(b.empty(type, 2, 0), false, b.empty(type, 0, 3), false, c, 1, 2, 3, 0, 1, 0);
      expect(new double[6], c);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void referenceRefusesIndicesOutsideTheTable(String name, DType type) {
    if (!name.equals("nd4j")) return;
    with(name, type, kit -> {
      Tensor ids = kit.backend.tensor(new int[] {0, 3}, 2);
      assertThrows(IndexOutOfBoundsException.class, () -> kit.kernels().gatherRows(kit.normal(3, 4), ids, kit.out(2, 4)));
      assertThrows(IndexOutOfBoundsException.class, () -> kit.kernels().scatterAddRows(kit.normal(2, 4), ids, kit.out(3, 4)));
      assertThrows(IndexOutOfBoundsException.class,
          () -> kit.kernels().crossEntropy(kit.normal(2, 3), ids, null, -100, kit.out(2), kit.out(2)));
    });
  }
}

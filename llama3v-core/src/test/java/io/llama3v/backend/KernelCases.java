package io.llama3v.backend;

import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Calls of every kernel, in sizes that are odd, tiny, and large enough for vector loops and threads. */
final class KernelCases {
  /** One call, or a forward and its backward call. */
  record Case(String name, Consumer<Kit> run) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final long[][] SHAPES = {{1, 1}, {3, 5}, {37, 129}, {65, 192}, {130, 1000}};

  private final List<Case> cases = new ArrayList<>();

  private KernelCases() {}

  static List<Case> all() {
    KernelCases all = new KernelCases();
    all.memory();
    all.elementwise();
    all.sums();
    all.gates();
    all.products();
    all.fewRows();
    all.norms();
    all.rows();
    all.vision();
    all.losses();
    all.optimiser();
    AttentionCases.addTo(all.cases);
    return all.cases;
  }

  private void add(String kernel, Object variant, Consumer<Kit> run) {
    cases.add(new Case(kernel + " " + variant, run));
  }

  private void forShapes(String kernel, java.util.function.BiConsumer<Kit, long[]> run) {
    for (long[] shape : SHAPES) add(kernel, Shape.text(shape), kit -> run.accept(kit, shape));
  }

  private void memory() {
    forShapes("fill", (kit, shape) -> {
      Tensor y = kit.out(shape);
      kit.kernels().fill(y, -1.5);
      kit.result("y", y);
    });
    forShapes("copy", (kit, shape) -> {
      Tensor y = kit.out(shape[1], shape[0]);
      kit.kernels().copy(kit.normal(shape), y);
      kit.result("y", y);
    });
    long[][] rectangles = {{7, 40, 0, 11, 5, 3}, {300, 129, 1, 200, 70, 129}, {1, 500, 3, 1, 0, 400}, {64, 33, 0, 33, 0, 33}};
    for (long[] r : rectangles) {
      for (boolean accumulate : new boolean[] {false, true}) {
        add("copyRows", Shape.text(r) + (accumulate ? " add" : ""), kit -> {
          Tensor x = kit.normal(r[0] * r[1]);
          Tensor y = kit.normal(r[0] * Math.max(r[3], r[5]) + r[4]);
          kit.kernels().copyRows(x, r[2], r[1], y, r[4], Math.max(r[3], r[5]), r[0], Math.min(r[5], r[1] - r[2]), accumulate);
          kit.result("y", y);
        });
      }
    }
    permutation(new long[] {65, 129}, 1, 0);
    permutation(new long[] {4, 33, 6, 17}, 0, 2, 1, 3);
    permutation(new long[] {5, 7, 9}, 2, 0, 1);
    permutation(new long[] {2, 1, 3, 1, 4}, 3, 4, 0, 2, 1);
    permutation(new long[] {130, 1000}, 1, 0);
    permutation(new long[] {9}, 0);
  }

  private void permutation(long[] shape, int... axes) {
    add("permute", Shape.text(shape) + Arrays.toString(axes), kit -> {
      long[] permuted = Arrays.stream(axes).mapToLong(a -> shape[a]).toArray();
      Tensor y = kit.out(permuted);
      kit.kernels().permute(kit.normal(shape), axes, y);
      kit.result("y", y);
    });
  }

  private void elementwise() {
    for (UnaryOp op : UnaryOp.values()) {
      forShapes("unary " + op, (kit, shape) -> {
        // Beyond ±10, to see the tails; the exponential stays within what floats hold.
        Tensor x = op == UnaryOp.LOG ? kit.uniform(1e-3, 9, shape) : kit.uniform(op == UnaryOp.EXP ? -90 : -15, 15, shape);
        Tensor y = kit.out(shape);
        kit.kernels().unary(op, x, y);
        kit.result("y", y);
        Tensor dx = kit.out(shape);
        kit.kernels().unaryBackward(op, x, y, kit.normal(shape), dx);
        kit.result("dx", dx);
        boolean fromOutput = op == UnaryOp.TANH || op == UnaryOp.SIGMOID || op == UnaryOp.RELU || op == UnaryOp.EXP;
        kit.kernels().unaryBackward(op, fromOutput ? null : x, fromOutput ? y : null, kit.normal(shape), dx);
        kit.result("dx with nulls", dx);
      });
    }
    long[][][] pairs = {{{130, 1000}, {130, 1000}}, {{130, 1000}, {1000}}, {{130, 1000}, {130, 1}}, {{1, 129}, {37, 1}},
        {{65, 129}, {}}, {{}, {}}, {{3, 1, 5}, {7, 1}}, {{2, 3, 4, 5}, {3, 1, 5}}, {{1, 1}, {37}}};
    for (BinaryOp op : BinaryOp.values()) {
      for (long[][] pair : pairs) {
        add("binary " + op, Shape.text(pair[0]) + Shape.text(pair[1]), kit -> {
          Tensor y = kit.out(Shape.broadcast(pair[0], pair[1]));
          kit.kernels().binary(op, kit.normal(pair[0]), kit.uniform(0.5, 2, pair[1]), y);
          kit.result("y", y);
          kit.kernels().binary(op, kit.normal(pair[1]), kit.uniform(0.5, 2, pair[0]), y);
          kit.result("swapped", y);
        });
      }
    }
    forShapes("scale", (kit, shape) -> {
      Tensor x = kit.normal(shape);
      Tensor y = kit.out(shape);
      kit.kernels().scale(x, -0.3, y);
      kit.kernels().scale(x, 2.5, x);
      kit.result("y", y);
      kit.result("in place", x);
    });
    forShapes("axpy", (kit, shape) -> {
      Tensor y = kit.normal(shape);
      kit.kernels().axpy(-0.3, kit.normal(shape), y);
      kit.result("y", y);
    });
    forShapes("lerp", (kit, shape) -> {
      Tensor y = kit.normal(shape);
      kit.kernels().lerp(kit.normal(shape), 0.1, y);
      kit.result("y", y);
    });
  }

  private void sums() {
    long[][][] pairs = {{{130, 1000}, {1000}}, {{130, 1000}, {130, 1}}, {{130, 1000}, {}}, {{130, 1000}, {1, 1}}, {{37, 129}, {129}},
        {{2, 3, 4, 5}, {3, 1, 5}}, {{2, 37, 65}, {37, 65}}, {{7}, {7}}, {{7}, {1}}, {{}, {}}, {{1, 5}, {1, 5}}};
    for (long[][] pair : pairs) {
      add("sumInto", Shape.text(pair[0]) + Shape.text(pair[1]), kit -> {
        Tensor y = kit.wide().normal(pair[1]);
        kit.kernels().sumInto(kit.uniform(-1, 2, pair[0]), y);
        kit.result("y", y);
      });
    }
  }

  private void gates() {
    forShapes("siluGate", (kit, shape) -> {
      Tensor gate = kit.uniform(-9, 9, shape);
      Tensor up = kit.normal(shape);
      Tensor dy = kit.normal(shape);
      Tensor y = kit.out(shape);
      kit.kernels().siluGate(gate, up, y);
      kit.result("y", y);
      for (int wanted = 1; wanted <= 3; wanted++) {
        Tensor dGate = (wanted & 1) == 0 ? null : kit.out(shape);
        Tensor dUp = (wanted & 2) == 0 ? null : kit.out(shape);
        kit.kernels().siluGateBackward(dy, gate, up, dGate, dUp);
        if (dGate != null) kit.result("dGate " + wanted, dGate);
        if (dUp != null) kit.result("dUp " + wanted, dUp);
      }
    });
    forShapes("gatedAdd", (kit, shape) -> {
      Tensor h = kit.normal(shape);
      Tensor dy = kit.normal(shape);
      for (double g : new double[] {0, 0.4}) {
        Tensor gate = kit.wide().values(i -> g, 1);
        Tensor y = kit.out(shape);
        kit.kernels().gatedAdd(kit.normal(shape), h, gate, y);
        kit.result("y " + g, y);
        Tensor dh = kit.out(shape);
        Tensor dGate = kit.wide().normal(1);
        kit.kernels().gatedAddBackward(dy, h, gate, dh, dGate);
        kit.result("dh " + g, dh);
        kit.result("dGate " + g, dGate);
        kit.kernels().gatedAddBackward(dy, null, gate, dh, null);
        kit.result("dh alone " + g, dh);
        kit.kernels().gatedAddBackward(dy, h, gate, null, dGate);
        kit.result("dGate twice " + g, dGate);
      }
    });
  }

  private void products() {
    long[][] sizes = {{1, 1, 1, 1}, {1, 37, 129, 65}, {3, 5, 7, 11}, {2, 65, 1, 33}, {2, 1, 33, 65}, {4, 9, 10, 1}, {1, 300, 200, 150}};
    for (long[] n : sizes) {
      for (int variant = 0; variant < 4; variant++) {
        boolean ta = (variant & 1) != 0;
        boolean tb = (variant & 2) != 0;
        add("matmul", Shape.text(n) + (ta ? " aT" : "") + (tb ? " bT" : ""), kit -> {
          Tensor a = ta ? kit.normal(n[0], n[3], n[1]) : kit.normal(n[0], n[1], n[3]);
          Tensor b = tb ? kit.normal(n[0], n[2], n[3]) : kit.normal(n[0], n[3], n[2]);
          Tensor c = kit.out(n[0], n[1], n[2]);
          kit.kernels().matmul(a, ta, b, tb, c, n[0], n[1], n[2], n[3], 0.5, 0);
          kit.result("c", c);
          kit.kernels().matmul(a, ta, b, tb, c, n[0], n[1], n[2], n[3], 1, 1);
          kit.result("accumulated", c);
          kit.kernels().matmul(a, ta, b, tb, c, n[0], n[1], n[2], n[3], -1, 0.25);
          kit.result("general", c);
        });
      }
      for (boolean withBias : new boolean[] {false, true}) {
        add("linear", Shape.text(n) + (withBias ? " bias" : ""), kit -> {
          Tensor y = kit.out(n[0], n[1], n[2]);
          kit.kernels().linear(kit.normal(n[0], n[1], n[3]), kit.wide().normal(n[2], n[3]), withBias ? kit.wide().normal(n[2]) : null, y);
          kit.result("y", y);
        });
      }
    }
  }

  /** Decoding: so few rows that some backends take another path. */
  private void fewRows() {
    for (long rows : new long[] {1, 2, 3, 4, 5}) {
      for (long[] n : new long[][] {{1, 1}, {7, 5}, {64, 33}, {131, 40}, {600, 257}}) {
        for (boolean withBias : new boolean[] {false, true}) {
          add("linear of few rows", rows + " x " + Shape.text(n) + (withBias ? " bias" : ""), kit -> {
            Tensor y = kit.out(rows, n[0]);
            kit.kernels().linear(kit.normal(rows, n[1]), kit.normal(n[0], n[1]), withBias ? kit.normal(n[0]) : null, y);
            kit.result("y", y);
          });
        }
      }
    }
  }

  private void norms() {
    forShapes("layerNorm", (kit, shape) -> {
      // A mean far from 0 shows whether the variance is taken the careful way.
      Tensor x = kit.uniform(3, 5, shape);
      Tensor w = kit.wide().normal(shape[1]);
      Tensor dy = kit.normal(shape);
      Tensor y = kit.out(shape);
      Tensor mean = kit.wide().out(shape[0]);
      Tensor rstd = kit.wide().out(shape[0]);
      kit.kernels().layerNorm(x, w, kit.wide().normal(shape[1]), 1e-3, y, mean, rstd);
      kit.result("y", y);
      kit.result("mean", mean);
      kit.result("rstd", rstd);
      for (int wanted = 1; wanted <= 7; wanted++) {
        Tensor dx = (wanted & 1) == 0 ? null : kit.out(shape);
        Tensor dw = (wanted & 2) == 0 ? null : kit.wide().normal(shape[1]);
        Tensor db = (wanted & 4) == 0 ? null : kit.wide().normal(shape[1]);
        kit.kernels().layerNormBackward(dy, x, w, mean, rstd, dx, false, dw, db);
        if (dx != null) kit.result("dx " + wanted, dx);
        if (dw != null) kit.result("dWeight " + wanted, dw);
        if (db != null) kit.result("dBias " + wanted, db);
      }
      Tensor sum = kit.normal(shape);
      kit.kernels().layerNormBackward(dy, x, w, mean, rstd, sum, true, null, null);
      kit.result("dx added", sum);
    });
    forShapes("rmsNorm", (kit, shape) -> {
      Tensor x = kit.uniform(-1, 3, shape);
      Tensor w = kit.wide().normal(shape[1]);
      Tensor dy = kit.normal(shape);
      Tensor y = kit.out(shape);
      Tensor rstd = kit.wide().out(shape[0]);
      kit.kernels().rmsNorm(x, w, 1e-5, y, rstd);
      kit.result("y", y);
      kit.result("rstd", rstd);
      for (int wanted = 1; wanted <= 3; wanted++) {
        Tensor dx = (wanted & 1) == 0 ? null : kit.out(shape);
        Tensor dw = (wanted & 2) == 0 ? null : kit.wide().normal(shape[1]);
        kit.kernels().rmsNormBackward(dy, x, w, rstd, dx, false, dw);
        if (dx != null) kit.result("dx " + wanted, dx);
        if (dw != null) kit.result("dWeight " + wanted, dw);
      }
      Tensor sum = kit.normal(shape);
      kit.kernels().rmsNormBackward(dy, x, w, rstd, sum, true, null);
      kit.result("dx added", sum);
    });
    forShapes("l2Normalize", (kit, shape) -> {
      Tensor x = kit.normal(shape);
      Tensor y = kit.wide().out(shape);
      Tensor norm = kit.wide().out(shape[0]);
      kit.kernels().l2Normalize(x, y, norm);
      kit.result("y", y);
      kit.result("norm", norm);
      Tensor dx = kit.out(shape);
      // For rows of one element the exact gradient is 0 and each precision has its own rounding of it.
      if (shape[1] > 1) {
        kit.kernels().l2NormalizeBackward(kit.wide().normal(shape), y, norm, dx);
        kit.result("dx", dx);
      }
    });
    forShapes("softmax", (kit, shape) -> {
      Tensor y = kit.out(shape);
      kit.kernels().softmax(kit.uniform(-30, 60, shape), y);
      kit.result("y", y);
      kit.kernels().softmax(kit.normal(shape), y);
      kit.result("flat", y);
      Tensor dx = kit.out(shape);
      kit.kernels().softmaxBackward(kit.normal(shape), y, dx);
      kit.result("dx", dx);
    });
  }

  private void rows() {
    forShapes("gatherRows", (kit, shape) -> {
      Tensor y = kit.out(2 * shape[0], shape[1]);
      Tensor ids = kit.ints((int) shape[0], 0, 0, 2 * shape[0]);
      kit.kernels().gatherRows(kit.wide().normal(shape), ids, y);
      kit.result("y", y);
      Tensor dTable = kit.wide().normal(shape);
      kit.kernels().scatterAddRows(kit.normal(2 * shape[0], shape[1]), ids, dTable);
      kit.result("dTable", dTable);
    });
    add("scatterAddRows", "all rows to one", kit -> {
      Tensor dTable = kit.wide().normal(5, 129);
      kit.kernels().scatterAddRows(kit.normal(300, 129), kit.ints(1, 0, 0, 300), dTable);
      kit.result("dTable", dTable);
    });
  }

  private void vision() {
    long[][] images = {{1, 1, 1, 1, 1}, {2, 3, 28, 42, 14}, {1, 3, 6, 4, 2}, {5, 2, 9, 3, 3}, {2, 3, 8, 8, 1}};
    for (long[] n : images) {
      add("unfoldPatches", Shape.text(n), kit -> {
        int p = (int) n[4];
        Tensor y = kit.out(n[0], n[2] / p * (n[3] / p), n[1] * p * p);
        kit.kernels().unfoldPatches(kit.normal(n[0], n[1], n[2], n[3]), p, y);
        kit.result("y", y);
        Tensor dx = kit.out(n[0], n[1], n[2], n[3]);
        kit.kernels().foldPatches(kit.normal(y.shape()), p, dx);
        kit.result("dx", dx);
      });
    }
    // Images N, H, W, C, then windows: height, width, stride, padding.
    int[][] windows = {{1, 1, 1, 1, 1, 1, 1, 0}, {2, 9, 7, 5, 3, 3, 1, 1}, {2, 8, 9, 3, 3, 3, 2, 1}, {1, 12, 12, 3, 7, 7, 2, 3},
        {3, 6, 5, 65, 1, 1, 2, 0}, {2, 5, 6, 8, 2, 3, 1, 0}, {1, 3, 3, 2, 5, 5, 1, 2}, {2, 33, 31, 17, 3, 3, 2, 1}, {1, 2, 2, 4, 4, 4, 3, 3}};
    for (int[] n : windows) {
      Windows w = new Windows(n[4], n[5], n[6], n[7]);
      add("unfoldWindows", Arrays.toString(n), kit -> {
        Tensor y = kit.out(n[0], w.rows(n[1]), w.columns(n[2]), w.size() * n[3]);
        kit.kernels().unfoldWindows(kit.normal(n[0], n[1], n[2], n[3]), w, y);
        kit.result("y", y);
        Tensor dx = kit.out(n[0], n[1], n[2], n[3]);
        kit.kernels().foldWindows(kit.normal(y.shape()), w, dx);
        kit.result("dx", dx);
      });
      add("maxPool", Arrays.toString(n), kit -> {
        Tensor x = kit.normal(n[0], n[1], n[2], n[3]);
        Tensor y = kit.out(n[0], w.rows(n[1]), w.columns(n[2]), n[3]);
        Tensor argmax = kit.ints(1, 0, 0, y.shape());
        kit.kernels().maxPool(x, w, y, argmax);
        kit.result("y", y);
        Tensor dx = kit.out(n[0], n[1], n[2], n[3]);
        kit.kernels().maxPoolBackward(kit.normal(y.shape()), argmax, dx);
        kit.result("dx", dx);
      });
    }
    for (int count : new int[] {0, 1, 2, 5}) {
      forShapes("interleave " + count, (kit, shape) -> {
        Tensor[] features = new Tensor[count];
        for (int f = 0; f < count; f++) features[f] = kit.normal(shape);
        Tensor y = kit.out(shape[0], shape[1] * (1 + count));
        kit.kernels().interleave(kit.normal(shape), features, y);
        kit.result("y", y);
        Tensor dy = kit.normal(y.shape());
        Tensor dBase = kit.out(shape);
        Tensor[] d = new Tensor[count];
        for (int f = 0; f < count; f++) d[f] = kit.out(shape);
        kit.kernels().interleaveBackward(dy, dBase, d);
        kit.result("dBase", dBase);
        for (int f = 0; f < count; f++) kit.result("dFeature " + f, d[f]);
        for (int f = 0; f < count; f += 2) d[f] = null;
        kit.kernels().interleaveBackward(dy, null, d);
        for (int f = 1; f < count; f += 2) kit.result("dFeature alone " + f, d[f]);
      });
    }
  }

  private void losses() {
    for (boolean weighted : new boolean[] {false, true}) {
      forShapes("crossEntropy" + (weighted ? " weighted" : ""), (kit, shape) -> {
        Tensor z = kit.uniform(-20, 30, shape);
        Tensor labels = kit.ints((int) shape[1], shape[0] > 1 ? 0.2 : 0, -100, shape[0]);
        Tensor weights = weighted ? kit.wide().uniform(0, 2, shape[0]) : null;
        Tensor losses = kit.wide().out(shape[0]);
        Tensor lse = kit.wide().out(shape[0]);
        kit.kernels().crossEntropy(z, labels, weights, -100, losses, lse);
        kit.result("losses", losses);
        Tensor dz = kit.out(shape);
        kit.kernels().crossEntropyBackward(kit.wide().normal(shape[0]), z, labels, weights, -100, lse, dz);
        kit.result("dLogits", dz);
        kit.kernels().crossEntropyBackward(kit.wide().normal(shape[0]), z, labels, weights, -100, lse, z);
        kit.result("dLogits in place", z);
      });
    }
  }

  private void optimiser() {
    forShapes("adamW", (kit, shape) -> {
      Tensor p = kit.wide().normal(shape);
      Tensor m = kit.wide().values(i -> 0, shape);
      Tensor v = kit.wide().values(i -> 0, shape);
      for (int t = 1; t <= 3; t++) kit.kernels().adamW(p, kit.normal(shape), m, v, new AdamWStep(1e-2, 0.9, 0.95, 1e-8, 0.1, t, 0.5));
      kit.result("parameter", p);
      kit.result("first moment", m);
      kit.result("second moment", v);
    });
    forShapes("sumOfSquares", (kit, shape) -> kit.result("sum", kit.kernels().sumOfSquares(kit.normal(shape))));
  }
}

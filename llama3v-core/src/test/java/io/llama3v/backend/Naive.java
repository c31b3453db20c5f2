package io.llama3v.backend;

import io.llama3v.tensor.Tensor;
import java.util.Arrays;

/** Kernels once more, as loops over doubles that follow their documentation word for word. */
final class Naive {
  private Naive() {}

  /** Φ from the series of the error function: independent of every library. */
  static double normalCdf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 400; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  static double unary(UnaryOp op, double x) {
    return switch (op) {
      case GELU -> x * normalCdf(x);
      case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
      case SILU -> x / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case RELU -> Math.max(x, 0);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
    };
  }

  static double binary(BinaryOp op, double a, double b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
    };
  }

  /** Position in {@code shape} of the element at {@code index} of a broadcast result. */
  static int broadcastIndex(long[] shape, long[] resultShape, int index) {
    int at = 0;
    int stride = 1;
    int rest = index;
    for (int i = 1; i <= resultShape.length; i++) {
      int coordinate = (int) (rest % resultShape[resultShape.length - i]);
      rest /= (int) resultShape[resultShape.length - i];
      if (i <= shape.length) {
        at += (shape[shape.length - i] == 1 ? 0 : coordinate) * stride;
        stride *= (int) shape[shape.length - i];
      }
    }
    return at;
  }

  static boolean sees(AttentionMask mask, int b, int i, int j, int queries, int keys) {
    if (mask.causal() && j > i + keys - queries) return false;
    if (mask.keys() != null && mask.keys().toDoubles()[b * keys + j] == 0) return false;
    if (mask.padding() != null) {
      double[] padding = mask.padding().toDoubles();
      if (padding[b * queries + i] != 0 && padding[b * keys + j] != 0) return false;
    }
    if (mask.starts() != null && j < mask.starts().toDoubles()[b * queries + i]) return false;
    if (mask.groups() == null) return true;
    int count = (int) mask.groups().size(2);
    return mask.groups().toDoubles()[(b * queries + i) * count + j / (keys / count)] != 0;
  }

  private static double bias(AttentionMask mask, int b, int h, int i, int j) {
    if (mask.bias() == null) return 0;
    Tensor t = mask.bias();
    long plane = (t.size(0) == 1 ? 0 : b) * t.size(1) + (t.size(1) == 1 ? 0 : h);
    return t.toDoubles()[(int) ((plane * t.size(2) + i) * t.size(3) + j)];
  }

  /** Outputs of attention: the values, then the log-sum-exps. */
  static double[][] attention(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale) {
    int batch = (int) q.size(0);
    int queries = (int) q.size(1);
    int heads = (int) q.size(2);
    int d = (int) q.size(3);
    int keys = (int) k.size(1);
    int keyHeads = (int) k.size(2);
    double[] qs = q.toDoubles();
    double[] ks = k.toDoubles();
    double[] vs = v.toDoubles();
    double[] out = new double[qs.length];
    double[] lse = new double[batch * heads * queries];
    for (int b = 0; b < batch; b++) {
      for (int h = 0; h < heads; h++) {
        int g = h / (heads / keyHeads);
        for (int i = 0; i < queries; i++) {
          double[] e = new double[keys];
          double sum = 0;
          for (int j = 0; j < keys; j++) {
            if (!sees(mask, b, i, j, queries, keys)) continue;
            double score = 0;
            for (int c = 0; c < d; c++) {
              score += qs[((b * queries + i) * heads + h) * d + c] * ks[((b * keys + j) * keyHeads + g) * d + c];
            }
            e[j] = Math.exp(scale * score + bias(mask, b, h, i, j));
            sum += e[j];
          }
          lse[(b * heads + h) * queries + i] = sum == 0 ? Double.POSITIVE_INFINITY : Math.log(sum);
          for (int j = 0; sum > 0 && j < keys; j++) {
            for (int c = 0; c < d; c++) {
              out[((b * queries + i) * heads + h) * d + c] += e[j] / sum * vs[((b * keys + j) * keyHeads + g) * d + c];
            }
          }
        }
      }
    }
    return new double[][] {out, lse};
  }

  static double mean(double[] row) {
    return Arrays.stream(row).sum() / row.length;
  }

  static double[] row(double[] matrix, int r, int width) {
    return Arrays.copyOfRange(matrix, r * width, (r + 1) * width);
  }
}

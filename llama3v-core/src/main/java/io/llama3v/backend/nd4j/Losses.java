package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Cross-entropy, in double, some rows at a time: a vocabulary's logits in double would be twice the largest tensor there is. */
final class Losses {
  private static final long ELEMENTS_AT_A_TIME = 1 << 21;

  private Losses() {}

  static void crossEntropy(Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor losses, Tensor logSumExp) {
    int rows = Math.toIntExact(logits.size(0));
    if (rows == 0) return;
    int[] label = checkedLabels(labels, ignore, logits.size(1));
    double[] weight = weights == null ? null : Views.flat(weights).toDoubleVector();
    double[] loss = new double[rows];
    int step = step(logits.size(1));
    for (int from = 0; from < rows; from += step) {
      int count = Math.min(step, rows - from);
      try (Scratch s = new Scratch()) {
        INDArray z = part(s, logits, from, count);
        INDArray max = s.of(z.max(true, 1));
        INDArray lse = s.of(Transforms.log(s.sum(s.of(Transforms.exp(s.of(z.sub(max)), true)), 1), true)).addi(max);
        Views.at(logSumExp, from, count, 1).assign(lse);
        for (int i = 0; i < count; i++) {
          int r = from + i;
          if (label[r] != ignore) loss[r] = (weight == null ? 1 : weight[r]) * (lse.getDouble(i, 0) - z.getDouble(i, label[r]));
        }
      }
    }
    try (Scratch s = new Scratch()) {
      Views.flat(losses).assign(s.of(Nd4j.createFromArray(loss)));
    }
  }

  static void crossEntropyBackward(Tensor dLosses, Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor logSumExp,
      Tensor dLogits) {
    int rows = Math.toIntExact(logits.size(0));
    if (rows == 0) return;
    int[] label = checkedLabels(labels, ignore, logits.size(1));
    double[] factor = Views.flat(dLosses).toDoubleVector();
    if (weights != null) {
      double[] weight = Views.flat(weights).toDoubleVector();
      for (int r = 0; r < rows; r++) factor[r] *= weight[r];
    }
    int step = step(logits.size(1));
    for (int from = 0; from < rows; from += step) {
      int count = Math.min(step, rows - from);
      try (Scratch s = new Scratch()) {
        INDArray z = part(s, logits, from, count);
        INDArray lse = s.doubles(Views.at(logSumExp, from, count, 1));
        INDArray p = s.of(Transforms.exp(s.of(z.sub(lse)), true));
        for (int i = 0; i < count; i++) {
          int r = from + i;
          if (label[r] == ignore) {
            p.getRow(i).assign(0);
          } else {
            p.putScalar(i, label[r], p.getDouble(i, label[r]) - 1);
            p.getRow(i).muli(factor[r]);
          }
        }
        Views.at(dLogits, from * logits.size(1), count, logits.size(1)).assign(p);
      }
    }
  }

  private static int step(long vocabulary) {
    return (int) Math.max(1, ELEMENTS_AT_A_TIME / vocabulary);
  }

  private static INDArray part(Scratch s, Tensor logits, long from, long count) {
    return s.doubles(Views.at(logits, from * logits.size(1), count, logits.size(1)));
  }

  private static int[] checkedLabels(Tensor labels, int ignore, long vocabulary) {
    int[] label = Views.flat(labels).toIntVector();
    for (int r = 0; r < label.length; r++) {
      if (label[r] != ignore && (label[r] < 0 || label[r] >= vocabulary)) {
        throw new IndexOutOfBoundsException("label " + label[r] + " of row " + r + " is outside a vocabulary of " + vocabulary
            + " and is not the ignored label " + ignore);
      }
    }
    return label;
  }
}

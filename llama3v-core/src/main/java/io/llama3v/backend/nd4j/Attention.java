package io.llama3v.backend.nd4j;

import io.llama3v.backend.AttentionMask;
import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Attention, one row of the batch at a time, with the scores of all its heads written out: [H, Tq, Tk]. */
final class Attention {
  private Attention() {}

  static void forward(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp) {
    if (q.elements() == 0) return;
    long rows = q.size(2) * q.size(1);
    for (long b = 0; b < q.size(0); b++) {
      try (Scratch s = new Scratch()) {
        INDArray values = headsFirst(s, v, b);
        INDArray scores = scores(s, q, k, b, mask, scale).reshape('c', rows, k.size(1));
        INDArray max = s.of(scores.max(true, 1));
        // A row of −∞ only: subtracting it from itself would give NaN.
        BooleanIndexing.replaceWhere(max, 0, Conditions.isInfinite());
        INDArray p = s.of(Transforms.exp(s.of(scores.sub(max)), true));
        INDArray sum = s.sum(p, 1);
        INDArray log = s.of(Transforms.log(sum, true)).addi(max);
        BooleanIndexing.replaceWhere(log, Double.POSITIVE_INFINITY, Conditions.isInfinite());
        Views.at(logSumExp, b * rows, rows, 1).assign(log);
        BooleanIndexing.replaceWhere(sum, 1, Conditions.equals(0));
        INDArray probabilities = s.of(p.div(sum)).reshape('c', q.size(2), q.size(1), k.size(1));
        INDArray heads = s.of(Nd4j.createUninitialized(q.type().nd4j(), q.size(2), q.size(1), q.size(3)));
        for (long h = 0; h < q.size(2); h++) {
          Products.multiply(probabilities.slice(h), false, values.slice(keyHead(q, k, h)), false, heads.slice(h));
        }
        rowOf(out, b).assign(heads.permute(1, 0, 2));
      }
    }
  }

  /**
   * With {@code P = exp(S − logSumExp)}: {@code dV += Pᵀ dO}, {@code dS = P (dO Vᵀ − rowsum(dO·O)) scale}, {@code dQ = dS K},
   * {@code dK += dSᵀ Q}.
   */
  static void backward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask, double scale,
      Tensor dq, Tensor dk, Tensor dv) {
    if (q.elements() == 0) {
      if (dk != null) Memory.fill(dk, 0);
      if (dv != null) Memory.fill(dv, 0);
      return;
    }
    long heads = q.size(2);
    long rows = heads * q.size(1);
    for (long b = 0; b < q.size(0); b++) {
      try (Scratch s = new Scratch()) {
        INDArray qs = headsFirst(s, q, b);
        INDArray ks = headsFirst(s, k, b);
        INDArray vs = headsFirst(s, v, b);
        INDArray dO = headsFirst(s, dOut, b);
        INDArray scores = scores(s, q, k, b, mask, scale).reshape('c', rows, k.size(1));
        INDArray p = s.of(Transforms.exp(s.of(scores.sub(Views.at(logSumExp, b * rows, rows, 1))), true));
        INDArray dp = s.of(Nd4j.createUninitialized(q.type().nd4j(), heads, q.size(1), k.size(1)));
        for (long h = 0; h < heads; h++) {
          Products.multiply(dO.slice(h), false, vs.slice(keyHead(q, k, h)), true, dp.slice(h));
        }
        INDArray delta = s.sum(s.of(dO.mul(headsFirst(s, out, b))), 2).reshape('c', rows, 1);
        INDArray ds = s.of(dp.reshape('c', rows, k.size(1)).sub(delta)).muli(p).muli(scale);
        INDArray dsOfHeads = ds.reshape('c', heads, q.size(1), k.size(1));
        INDArray pOfHeads = p.reshape('c', heads, q.size(1), k.size(1));
        INDArray dqs = s.of(Nd4j.createUninitialized(q.type().nd4j(), qs.shape()));
        INDArray dks = s.of(Nd4j.create(q.type().nd4j(), ks.shape()));
        INDArray dvs = s.of(Nd4j.create(q.type().nd4j(), vs.shape()));
        INDArray share = s.of(Nd4j.createUninitialized(q.type().nd4j(), k.size(1), k.size(3)));
        for (long h = 0; h < heads; h++) {
          long shared = keyHead(q, k, h);
          Products.multiply(dsOfHeads.slice(h), false, ks.slice(shared), false, dqs.slice(h));
          Products.multiply(dsOfHeads.slice(h), true, qs.slice(h), false, share);
          dks.slice(shared).addi(share);
          Products.multiply(pOfHeads.slice(h), true, dO.slice(h), false, share);
          dvs.slice(shared).addi(share);
        }
        if (dq != null) rowOf(dq, b).assign(dqs.permute(1, 0, 2));
        if (dk != null) rowOf(dk, b).assign(dks.permute(1, 0, 2));
        if (dv != null) rowOf(dv, b).assign(dvs.permute(1, 0, 2));
      }
    }
  }

  /** {@code scale · q kᵀ + bias}, −∞ where the mask hides a key: [H, Tq, Tk]. */
  private static INDArray scores(Scratch s, Tensor q, Tensor k, long b, AttentionMask mask, double scale) {
    INDArray qs = headsFirst(s, q, b);
    INDArray ks = headsFirst(s, k, b);
    INDArray scores = s.of(Nd4j.createUninitialized(q.type().nd4j(), q.size(2), q.size(1), k.size(1)));
    INDArray hidden = AttentionMasks.additive(s, mask, b, q.size(1), k.size(1), q.type());
    for (long h = 0; h < q.size(2); h++) {
      INDArray head = scores.slice(h);
      Products.multiply(qs.slice(h), false, ks.slice(keyHead(q, k, h)), true, head);
      head.muli(scale);
      if (mask.bias() != null) head.addi(bias(mask.bias(), b, h));
      if (hidden != null) head.addi(hidden);
    }
    return scores;
  }

  private static INDArray bias(Tensor bias, long b, long h) {
    long plane = Math.min(b, bias.size(0) - 1) * bias.size(1) + Math.min(h, bias.size(1) - 1);
    return Views.at(bias, plane * bias.size(2) * bias.size(3), bias.size(2), bias.size(3));
  }

  private static long keyHead(Tensor q, Tensor k, long head) {
    return head / (q.size(2) / k.size(2));
  }

  /** Row b of [B, T, H, d]: [T, H, d]. */
  private static INDArray rowOf(Tensor x, long b) {
    return Views.at(x, b * x.size(1) * x.size(2) * x.size(3), x.size(1), x.size(2), x.size(3));
  }

  /** Row b of [B, T, H, d] as [H, T, d], so that each head is a contiguous matrix. */
  private static INDArray headsFirst(Scratch s, Tensor x, long b) {
    return s.of(rowOf(x, b).permute(1, 0, 2).dup('c'));
  }
}

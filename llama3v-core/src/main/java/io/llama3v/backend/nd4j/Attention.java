package io.llama3v.backend.nd4j;

import io.llama3v.backend.AttentionMask;
import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Attention, one head of one row of the batch at a time, with the whole score matrix written out. */
final class Attention {
  private Attention() {}

  static void forward(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp) {
    if (q.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray qs = headsFirst(s, q);
      INDArray ks = headsFirst(s, k);
      INDArray vs = headsFirst(s, v);
      INDArray outs = s.of(Nd4j.createUninitialized(q.type().nd4j(), qs.shape()));
      INDArray lse = Views.at(logSumExp, 0, q.size(0), q.size(2), q.size(1), 1);
      for (long b = 0; b < q.size(0); b++) {
        INDArray hidden = AttentionMasks.additive(s, mask, b, q.size(1), k.size(1), q.type());
        for (long h = 0; h < q.size(2); h++) {
          long shared = h / (q.size(2) / k.size(2));
          try (Scratch head = new Scratch()) {
            INDArray scores = scores(head, plane(qs, b, h), plane(ks, b, shared), scale, hidden, bias(mask, b, h));
            INDArray max = head.of(scores.max(true, 1));
            // A row of −∞ only: subtracting it from itself would give NaN.
            BooleanIndexing.replaceWhere(max, 0, Conditions.isInfinite());
            INDArray p = head.of(Transforms.exp(head.of(scores.sub(max)), true));
            INDArray sum = head.sum(p, 1);
            INDArray log = head.of(Transforms.log(sum, true)).addi(max);
            BooleanIndexing.replaceWhere(log, Double.POSITIVE_INFINITY, Conditions.isInfinite());
            BooleanIndexing.replaceWhere(sum, 1, Conditions.equals(0));
            plane(outs, b, h).assign(head.of(head.of(p.div(sum)).mmul(plane(vs, b, shared))));
            plane(lse, b, h).assign(log);
          }
        }
      }
      out.array().assign(outs.permute(0, 2, 1, 3));
    }
  }

  /**
   * With {@code P = exp(S − logSumExp)}: {@code dV += Pᵀ dO}, {@code dS = P (dO Vᵀ − rowsum(dO·O)) scale}, {@code dQ = dS K},
   * {@code dK += dSᵀ Q}.
   */
  static void backward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask, double scale,
      Tensor dq, Tensor dk, Tensor dv) {
    if (dk != null) Memory.fill(dk, 0);
    if (dv != null) Memory.fill(dv, 0);
    if (q.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray qs = headsFirst(s, q);
      INDArray ks = headsFirst(s, k);
      INDArray vs = headsFirst(s, v);
      INDArray os = headsFirst(s, out);
      INDArray dos = headsFirst(s, dOut);
      INDArray dqs = s.of(Nd4j.create(q.type().nd4j(), qs.shape()));
      INDArray dks = s.of(Nd4j.create(q.type().nd4j(), ks.shape()));
      INDArray dvs = s.of(Nd4j.create(q.type().nd4j(), vs.shape()));
      INDArray lse = Views.at(logSumExp, 0, q.size(0), q.size(2), q.size(1), 1);
      for (long b = 0; b < q.size(0); b++) {
        INDArray hidden = AttentionMasks.additive(s, mask, b, q.size(1), k.size(1), q.type());
        for (long h = 0; h < q.size(2); h++) {
          long shared = h / (q.size(2) / k.size(2));
          try (Scratch head = new Scratch()) {
            INDArray dO = plane(dos, b, h);
            INDArray scores = scores(head, plane(qs, b, h), plane(ks, b, shared), scale, hidden, bias(mask, b, h));
            INDArray p = head.of(Transforms.exp(head.of(scores.sub(plane(lse, b, h))), true));
            INDArray delta = head.sum(head.of(dO.mul(plane(os, b, h))), 1);
            INDArray dp = head.of(dO.mmul(plane(vs, b, shared).transpose()));
            INDArray ds = head.of(dp.sub(delta)).muli(p).muli(scale);
            plane(dqs, b, h).assign(head.of(ds.mmul(plane(ks, b, shared))));
            plane(dks, b, shared).addi(head.of(ds.transpose().mmul(plane(qs, b, h))));
            plane(dvs, b, shared).addi(head.of(p.transpose().mmul(dO)));
          }
        }
      }
      if (dq != null) dq.array().assign(dqs.permute(0, 2, 1, 3));
      if (dk != null) dk.array().assign(dks.permute(0, 2, 1, 3));
      if (dv != null) dv.array().assign(dvs.permute(0, 2, 1, 3));
    }
  }

  private static INDArray scores(Scratch s, INDArray q, INDArray k, double scale, INDArray hidden, INDArray bias) {
    INDArray scores = s.of(q.mmul(k.transpose())).muli(scale);
    if (bias != null) scores.addi(bias);
    if (hidden != null) scores.addi(hidden);
    return scores;
  }

  private static INDArray bias(AttentionMask mask, long b, long h) {
    if (mask.bias() == null) return null;
    return plane(mask.bias().array(), Math.min(b, mask.bias().size(0) - 1), Math.min(h, mask.bias().size(1) - 1));
  }

  /** [B, T, H, d] to [B, H, T, d], so that each head is a contiguous matrix. */
  private static INDArray headsFirst(Scratch s, Tensor x) {
    return s.of(x.array().permute(0, 2, 1, 3).dup('c'));
  }

  private static INDArray plane(INDArray x, long b, long h) {
    return x.slice(b).slice(h);
  }
}

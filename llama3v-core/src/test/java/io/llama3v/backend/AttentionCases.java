package io.llama3v.backend;

import io.llama3v.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/** Attention in all its forms: every kind of mask, grouped heads, more keys than queries and the other way round. */
final class AttentionCases {
  private AttentionCases() {}

  private record Sizes(long batch, long queries, long keys, long heads, long keyHeads, long width) {}

  static void addTo(List<KernelCases.Case> cases) {
    Sizes[] all = {new Sizes(1, 1, 1, 1, 1, 1), new Sizes(2, 37, 37, 4, 2, 16), new Sizes(1, 65, 129, 3, 3, 20),
        new Sizes(2, 129, 33, 4, 1, 8), new Sizes(1, 1, 70, 4, 2, 64), new Sizes(1, 200, 200, 2, 2, 40)};
    for (Sizes n : all) {
      add(cases, "none", n, kit -> AttentionMask.NONE);
      add(cases, "causal", n, kit -> AttentionMask.CAUSAL);
      add(cases, "keys", n, kit -> new AttentionMask(false, kit.wide().bits(0.7, n.batch, n.keys), null, null, null));
      add(cases, "causal keys", n, kit -> AttentionMask.causal(kit.wide().bits(0.7, n.batch, n.keys)));
      if (n.queries == n.keys) {
        add(cases, "padding", n, kit -> AttentionMask.padding(kit.wide().bits(0.3, n.batch, n.queries)));
      }
      long groups = n.keys % 3 == 0 ? 3 : n.keys % 5 == 0 ? 5 : 1;
      add(cases, "groups " + groups, n, kit -> AttentionMask.groups(kit.wide().bits(0.4, n.batch, n.queries, groups)));
      add(cases, "bias", n, kit -> new AttentionMask(false, null, null, null, kit.wide().normal(n.batch, n.heads, n.queries, n.keys)));
      add(cases, "shared bias", n, kit -> new AttentionMask(true, null, null, null, kit.wide().normal(1, 1, n.queries, n.keys)));
      add(cases, "starts", n, kit -> new AttentionMask(false, null, null, null, null, starts(kit, n)));
      add(cases, "packed", n, kit -> AttentionMask.packed(starts(kit, n)));
      add(cases, "all but padding", n, kit -> new AttentionMask(true, kit.wide().bits(0.8, n.batch, n.keys), null,
          kit.wide().bits(0.6, n.batch, n.queries, groups), kit.wide().normal(1, n.heads, n.queries, n.keys)));
    }
    for (boolean inverse : new boolean[] {false, true}) {
      for (Sizes n : all) {
        if (n.width % 2 != 0) continue;
        for (long rows : n.batch == 1 ? new long[] {1} : new long[] {1, n.batch}) {
          cases.add(new KernelCases.Case("rotary " + n + (inverse ? " inverse " : " ") + rows, kit -> {
            Tensor y = kit.out(n.batch, n.queries, n.heads, n.width);
            kit.kernels().rotary(kit.normal(y.shape()), kit.wide().uniform(-1, 1, rows, n.queries, n.width / 2),
                kit.wide().uniform(-1, 1, rows, n.queries, n.width / 2), inverse, y);
            kit.result("y", y);
          }));
        }
      }
    }
  }

  /** Samples of 1, 2, 3, … tokens one after another; in odd rows one sample that lasts from the 70th token on as well. */
  private static Tensor starts(Kit kit, Sizes n) {
    int queries = (int) n.queries;
    return kit.wide().values(at -> {
      int i = at % queries;
      if (at / queries % 2 == 1 && i >= 70) return 70;
      int start = 0;
      for (int length = 1; start + length <= i; length++) start += length;
      return start;
    }, n.batch, n.queries);
  }

  private static void add(List<KernelCases.Case> cases, String name, Sizes n, Function<Kit, AttentionMask> makeMask) {
    cases.add(new KernelCases.Case("attention " + name + " " + n, kit -> {
      Tensor q = kit.normal(n.batch, n.queries, n.heads, n.width);
      Tensor k = kit.normal(n.batch, n.keys, n.keyHeads, n.width);
      Tensor v = kit.normal(n.batch, n.keys, n.keyHeads, n.width);
      Tensor dOut = kit.normal(n.batch, n.queries, n.heads, n.width);
      AttentionMask mask = makeMask.apply(kit);
      double scale = 1 / Math.sqrt(n.width);
      Tensor out = kit.out(q);
      Tensor logSumExp = kit.wide().out(n.batch, n.heads, n.queries);
      kit.kernels().attention(q, k, v, mask, scale, out, logSumExp);
      kit.result("out", out);
      kit.result("logSumExp", logSumExp);
      for (int wanted : new int[] {7, 1, 2, 4}) {
        Tensor dq = (wanted & 1) == 0 ? null : kit.out(q);
        Tensor dk = (wanted & 2) == 0 ? null : kit.out(k);
        Tensor dv = (wanted & 4) == 0 ? null : kit.out(v);
        kit.kernels().attentionBackward(dOut, q, k, v, out, logSumExp, mask, scale, dq, dk, dv);
        if (dq != null) kit.result("dq " + wanted, dq);
        if (dk != null) kit.result("dk " + wanted, dk);
        if (dv != null) kit.result("dv " + wanted, dv);
      }
    }));
  }
}

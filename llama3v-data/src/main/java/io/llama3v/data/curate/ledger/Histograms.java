package io.llama3v.data.curate.ledger;

import java.util.ArrayList;
import java.util.List;

/** Histograms of scores. */
public final class Histograms {
  private static final int BINS = 40;

  private Histograms() {}

  /** One of each score that has more than one value. The outermost hundredth of long tails is drawn into the last bins. */
  public static List<Funnel.Histogram> of(Tally tally) {
    List<Funnel.Histogram> all = new ArrayList<>();
    tally.scores().forEach((name, values) -> {
      double[] sorted = values.stream().mapToDouble(Tally.Value::value).sorted().toArray();
      if (sorted.length > 1 && sorted[0] < sorted[sorted.length - 1]) {
        all.add(histogram(name, values, sorted, tally.measured().getOrDefault(name, (long) values.size())));
      }
    });
    return all;
  }

  private static Funnel.Histogram histogram(String name, List<Tally.Value> values, double[] sorted, long of) {
    int cut = sorted.length / 100;
    double low = sorted[cut];
    double high = sorted[sorted.length - 1 - cut];
    if (low == high) {
      low = sorted[0];
      high = sorted[sorted.length - 1];
    }
    long[] kept = new long[BINS];
    long[] dropped = new long[BINS];
    for (Tally.Value value : values) {
      int bin = (int) Math.max(0, Math.min(BINS - 1, Math.floor((value.value() - low) / (high - low) * BINS)));
      (value.kept() ? kept : dropped)[bin]++;
    }
    return new Funnel.Histogram(name, values.size(), of, low, high, kept, dropped);
  }
}

package io.llama3v.data.curate.ledger;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.tensor.Mix64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of many samples, in numbers. Tallies of shards merge to the tally of all, whatever the order.
 *
 * @param input    samples
 * @param kept     of them
 * @param drops    counts by {@code STEP/REASON}
 * @param kinds    counts of input samples by source
 * @param examples a few of each reason and of the kept ({@code ""}), the first in the order of shards
 * @param measured how many samples have each score
 * @param scores   values by score name; up to {@value #VALUES}, those of the smallest hash, so that each is as likely as another
 */
public record Tally(long input, long kept, Map<String, Long> drops, Map<String, Long> kinds, Map<String, List<Example>> examples,
    Map<String, Long> measured, Map<String, List<Value>> scores) {
  static final int EXAMPLES = 8;
  static final int VALUES = 4096;

  /** One sample as an example. */
  public record Example(int shard, int index, String key, String caption, String detail, Map<String, Double> scores) {}

  /** One measured value: of a sample that was {@code kept} or not; {@code draw} orders values at random. */
  public record Value(long draw, double value, boolean kept) {}

  /** An empty one to add to. */
  public static Tally empty() {
    return new Tally(0, 0, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  /** This tally and one sample more; the maps are those of this one. */
  public Tally plus(CurationRecord r, String source) {
    String reason = r.kept() ? "" : r.drop().step() + "/" + r.drop().reason();
    if (!r.kept()) {
      drops.merge(reason, 1L, Long::sum);
    }
    kinds.merge(source, 1L, Long::sum);
    List<Example> list = examples.computeIfAbsent(reason, k -> new ArrayList<>());
    if (list.size() < EXAMPLES) {
      list.add(new Example(r.shard(), r.index(), r.key(), r.caption(), r.notes().getOrDefault("detail", ""), r.scores()));
    }
    long draw = Mix64.mix(r.shard(), r.index());
    r.scores().forEach((name, value) -> {
      measured.merge(name, 1L, Long::sum);
      List<Value> values = scores.computeIfAbsent(name, k -> new ArrayList<>());
      values.add(new Value(draw, value, r.kept()));
      if (values.size() >= 2 * VALUES) {
        trim(values);
      }
    });
    return new Tally(input + 1, kept + (r.kept() ? 1 : 0), drops, kinds, examples, measured, scores);
  }

  /** Both together. */
  public Tally plus(Tally other) {
    other.drops.forEach((k, n) -> drops.merge(k, n, Long::sum));
    other.kinds.forEach((k, n) -> kinds.merge(k, n, Long::sum));
    other.examples.forEach((k, more) -> {
      List<Example> list = examples.computeIfAbsent(k, x -> new ArrayList<>());
      list.addAll(more);
      list.sort(Comparator.comparingInt(Example::shard).thenComparingInt(Example::index));
      list.subList(Math.min(EXAMPLES, list.size()), list.size()).clear();
    });
    other.measured.forEach((k, n) -> measured.merge(k, n, Long::sum));
    other.scores.forEach((k, more) -> {
      List<Value> values = scores.computeIfAbsent(k, x -> new ArrayList<>());
      values.addAll(more);
      trim(values);
    });
    return new Tally(input + other.input, kept + other.kept, drops, kinds, examples, measured, scores);
  }

  /** This with its lists cut to size. */
  public Tally trimmed() {
    scores.values().forEach(Tally::trim);
    return this;
  }

  /** Samples dropped. */
  public long dropped() {
    return drops.values().stream().mapToLong(Long::longValue).sum();
  }

  private static void trim(List<Value> values) {
    values.sort(Comparator.comparingLong(Value::draw));
    values.subList(Math.min(VALUES, values.size()), values.size()).clear();
  }
}

package io.llama3v.train.eval.benchmark;

import io.llama3v.train.eval.Bootstrap;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.EvaluationTable.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Answers as a table: for each set and metric a row over all questions with its bootstrap interval, rows by group (human and augmented,
 * subject, kind of answer), and the share of answers out of which nothing could be read. A set whose questions are of several metrics of
 * one name, such as MMMU's with options and without, has one row of that name, in which every question counts the same.
 */
public final class BenchmarkScore {
  private record Item(Answered answered, double score) {}

  private BenchmarkScore() {}

  /** Scores answers; the intervals are those of 1,000 resamples by the seed. */
  public static EvaluationTable table(List<Answered> answers, long seed) {
    Map<String, List<Answered>> sets = new LinkedHashMap<>();
    for (Answered a : answers) sets.computeIfAbsent(a.source(), s -> new ArrayList<>()).add(a);
    List<Row> rows = new ArrayList<>();
    sets.forEach((set, list) -> rows(set, list, seed, rows));
    return new EvaluationTable("Benchmarks", "in the benchmarks' own wording, scored by their own metrics; greedy answers", rows);
  }

  private static void rows(String set, List<Answered> answers, long seed, List<Row> rows) {
    Map<String, List<Item>> metrics = new LinkedHashMap<>();
    for (Scorer scorer : Scorer.all()) {
      for (Answered a : answers) {
        if (a.truth().metric() == scorer.metric()) {
          metrics.computeIfAbsent(scorer.name(), m -> new ArrayList<>()).add(new Item(a, scorer.score().of(a.truth(), a.response())));
        }
      }
    }
    metrics.forEach((metric, items) -> {
      rows.add(row(set, "", metric, items, seed));
      Map<String, List<Item>> groups = new TreeMap<>();
      for (Item item : items) groups.computeIfAbsent(item.answered().truth().group(), g -> new ArrayList<>()).add(item);
      if (groups.size() > 1) groups.forEach((group, some) -> rows.add(row(set, group.isEmpty() ? "(none)" : group, metric, some, seed)));
    });
    long unparsed = answers.stream().filter(a -> Scorer.unparsed(a.truth(), a.response())).count();
    rows.add(Row.of(set, "", "", "unparsed", answers.size(), (double) unparsed / answers.size()));
  }

  private static Row row(String set, String group, String metric, List<Item> items, long seed) {
    double[] scores = items.stream().mapToDouble(Item::score).toArray();
    Bootstrap.Interval interval = Bootstrap.mean(scores, seed);
    Row row = Row.of(set, group, "", metric, scores.length, interval.mean()).withInterval(interval);
    double chance = items.stream().mapToDouble(i -> Scorer.chance(i.answered().truth())).average().orElse(Double.NaN);
    return Double.isNaN(chance) ? row : row.withChance(chance);
  }
}

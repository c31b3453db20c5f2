package io.llama3v.train.annotate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far people agree who answered the same items.
 *
 * @param rated items that at least two people rated
 * @param ordinal Krippendorff's alpha of the ratings with the ordinal metric; NaN where it is undefined
 * @param interval the same with the interval metric
 * @param sameSide of the pairs of ratings of an item, the share that prefers the same answer, or both neither; NaN without a pair
 * @param edited items that at least two people edited
 * @param distance mean normalised edit distance between two people's texts for an item; NaN without a pair
 */
public record Agreement(int rated, double ordinal, double interval, double sameSide, int edited, double distance) {
  /** Of everybody's last answers. */
  public static Agreement of(AnnotationStore store) throws IOException {
    return of(store.answers().last());
  }

  static Agreement of(List<Answer> answers) {
    Map<Integer, List<Integer>> ratings = new TreeMap<>();
    Map<Integer, List<String>> texts = new TreeMap<>();
    for (Answer a : answers) {
      if (a.reply() instanceof Reply.Rated rated) ratings.computeIfAbsent(a.item(), i -> new ArrayList<>()).add(rated.rating());
      if (a.reply() instanceof Reply.Edited edited) texts.computeIfAbsent(a.item(), i -> new ArrayList<>()).add(edited.text());
    }
    List<int[]> units = ratings.values().stream().filter(r -> r.size() > 1).map(r -> r.stream().mapToInt(Integer::intValue).toArray()).toList();
    List<Double> same = new ArrayList<>();
    for (int[] unit : units) {
      for (int i = 0; i < unit.length; i++) {
        for (int j = 0; j < i; j++) same.add(Integer.signum(unit[i]) == Integer.signum(unit[j]) ? 1.0 : 0.0);
      }
    }
    List<Double> apart = new ArrayList<>();
    for (List<String> all : texts.values()) {
      for (int i = 0; i < all.size(); i++) for (int j = 0; j < i; j++) apart.add(Annotation.distance(all.get(i), all.get(j)));
    }
    return new Agreement(units.size(), KrippendorffAlpha.of(units, KrippendorffAlpha.Metric.ORDINAL),
        KrippendorffAlpha.of(units, KrippendorffAlpha.Metric.INTERVAL), mean(same),
        (int) texts.values().stream().filter(t -> t.size() > 1).count(), mean(apart));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }
}

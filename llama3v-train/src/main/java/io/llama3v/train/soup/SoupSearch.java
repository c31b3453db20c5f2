package io.llama3v.train.soup;

import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Finds the best average of several finetuned models by scoring averages: uniform soups of the best K for K = 1, 2, …, and a greedy
 * soup (Wortsman et al., 2022). Llama 3 chooses K this way. No average is scored twice.
 */
public final class SoupSearch {
  /**
   * A model that was scored by itself.
   *
   * @param score higher is better
   */
  public record Ingredient(String name, WeightSource weights, double score) {}

  /**
   * An average and its score.
   *
   * @param kind        {@code single}, {@code uniform} or {@code greedy}
   * @param ingredients names, the best one first
   */
  public record Candidate(String kind, List<String> ingredients, double score) {
    public Candidate {
      ingredients = List.copyOf(ingredients);
    }

    /** True for an average of several models. */
    public boolean isSoup() {
      return ingredients.size() > 1;
    }

    /** As a table calls it. */
    public String title() {
      return isSoup() ? kind + " soup of " + ingredients.size() : ingredients.get(0);
    }
  }

  /**
   * What was found.
   *
   * @param candidates single models from best to worst, then soups in the order in which they were scored
   * @param chosen     the best of all; of equals, that of most ingredients
   */
  public record Result(List<Candidate> candidates, Candidate chosen) {
    public Result {
      candidates = List.copyOf(candidates);
    }

    /** The best model by itself. */
    public Candidate bestSingle() {
      return candidates.get(0);
    }

    /** The best average of several models; null if there was only one. */
    public Candidate bestSoup() {
      return candidates.stream().filter(Candidate::isSoup).max(PREFERENCE).orElse(null);
    }
  }

  private static final Comparator<Candidate> PREFERENCE =
      Comparator.comparingDouble(Candidate::score).thenComparingInt(c -> c.ingredients().size());

  private SoupSearch() {}

  /**
   * Scores averages.
   *
   * @param ingredients models with their own scores
   * @param target      parameters that averages are put into for scoring; they hold the chosen average afterwards
   * @param most        largest K of a uniform soup
   * @param greedy      whether to try the greedy soup
   * @param score       of what the target holds
   * @throws IllegalArgumentException if there is no ingredient, a score is NaN, or the models do not fit each other
   */
  public static Result search(List<Ingredient> ingredients, Map<String, ? extends Tensor> target, int most, boolean greedy,
      Averager.Score score) throws IOException {
    for (Ingredient one : ingredients) Averager.number(one.weights, one.score);
    List<Ingredient> ranked = new ArrayList<>(ingredients);
    ranked.sort(Comparator.comparingDouble(Ingredient::score).reversed());
    Averager.check(ranked.stream().map(Ingredient::weights).toList(), target);
    Map<TreeSet<Integer>, Double> known = new LinkedHashMap<>();
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < ranked.size(); i++) {
      known.put(set(i + 1, i), ranked.get(i).score);
      candidates.add(new Candidate("single", List.of(ranked.get(i).name), ranked.get(i).score));
    }
    Averager.SetScore scorer = members -> {
      TreeSet<Integer> key = new TreeSet<>(members);
      Double before = known.get(key);
      if (before != null) return before;
      Averager.mean(members.stream().map(i -> ranked.get(i).weights).toList(), target);
      double value = Averager.number(ranked.get(members.get(0)).weights, score.evaluate());
      known.put(key, value);
      return value;
    };
    for (int k = 2; k <= Math.min(most, ranked.size()); k++) {
      List<Integer> best = new ArrayList<>(set(k, 0));
      candidates.add(candidate("uniform", ranked, best, scorer.of(best)));
    }
    if (greedy && ranked.size() > 1) {
      List<Integer> kept = Averager.greedy(ranked.stream().mapToDouble(Ingredient::score).toArray(), scorer);
      if (kept.size() > 1) candidates.add(candidate("greedy", ranked, kept, scorer.of(kept)));
    }
    Candidate chosen = candidates.stream().max(PREFERENCE).orElseThrow();
    Averager.mean(ranked.stream().filter(i -> chosen.ingredients.contains(i.name)).map(Ingredient::weights).toList(), target);
    return new Result(candidates, chosen);
  }

  private static TreeSet<Integer> set(int end, int start) {
    TreeSet<Integer> set = new TreeSet<>();
    for (int i = start; i < end; i++) set.add(i);
    return set;
  }

  private static Candidate candidate(String kind, List<Ingredient> ranked, List<Integer> members, double score) {
    return new Candidate(kind, members.stream().map(i -> ranked.get(i).name).toList(), score);
  }
}

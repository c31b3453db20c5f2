package io.llama3v.train.soup;

import java.util.List;

/**
 * What went into a soup.
 *
 * @param kind        {@code uniform} or {@code greedy}
 * @param ingredients all that were offered: in the given order, or from best to worst where they were scored
 * @param score       score of the soup, NaN where none was taken
 */
public record SoupReport(String kind, List<Ingredient> ingredients, double score) {

  /**
   * One set of weights.
   *
   * @param name     where it came from
   * @param score    its score alone, NaN where none was taken
   * @param included true if it is in the soup
   */
  public record Ingredient(String name, double score, boolean included) {}

  public SoupReport {
    ingredients = List.copyOf(ingredients);
  }

  /** Names of those that are in the soup. */
  public List<String> included() {
    return ingredients.stream().filter(Ingredient::included).map(Ingredient::name).toList();
  }
}

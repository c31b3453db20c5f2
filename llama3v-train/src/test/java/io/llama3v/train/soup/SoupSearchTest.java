package io.llama3v.train.soup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.train.soup.SoupSearch.Candidate;
import io.llama3v.train.soup.SoupSearch.Ingredient;
import io.llama3v.train.soup.SoupSearch.Result;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models of one weight; the nearer the weight is to 1 the better. */
class SoupSearchTest {
  private Backend backend;
  private Parameter target;
  private final List<Parameter> parameters = new ArrayList<>();
  private int scored;

  @BeforeEach
  void open() {
    backend = Backend.best();
    target = parameter(99);
  }

  @AfterEach
  void close() {
    parameters.forEach(Parameter::close);
    backend.close();
  }

  private Parameter parameter(float value) {
    Parameter p = new Parameter("w", Init.ZEROS, 1).allocate(backend);
    backend.upload(FloatBuffer.wrap(new float[] {value}), p);
    parameters.add(p);
    return p;
  }

  private static double quality(double weight) {
    return -Math.abs(weight - 1);
  }

  private Result search(int most, boolean greedy, float... weights) throws IOException {
    List<Ingredient> ingredients = new ArrayList<>();
    for (float w : weights) {
      ingredients.add(new Ingredient("w=" + w, new ModuleWeights("w=" + w, Map.of("w", parameter(w))), quality(w)));
    }
    scored = 0;
    return SoupSearch.search(ingredients, Map.of("w", target), most, greedy, () -> {
      scored++;
      return quality(target.toFloats()[0]);
    });
  }

  @Test
  void kIsChosenByScoringTheAverages() throws IOException {
    // Ranks: 1.5 (0.5 off), 0.25 (0.75), 2 (1), 5 (4). Means of the best K: 1.5, 0.875, 1.25, 2.1875.
    Result r = search(4, false, 5, 0.25f, 1.5f, 2);
    assertEquals(List.of("w=1.5"), r.bestSingle().ingredients());
    assertEquals(List.of(-0.5, -0.75, -1.0, -4.0, -0.125, -0.25, -1.1875), r.candidates().stream().map(Candidate::score).toList());
    assertEquals(new Candidate("uniform", List.of("w=1.5", "w=0.25"), -0.125), r.chosen());
    assertEquals("uniform soup of 2", r.chosen().title());
    assertEquals(0.875f, target.toFloats()[0], "the target holds the chosen average");
    assertEquals(3, scored, "single models come with their scores");
  }

  @Test
  void greedySkipsWhatHurts() throws IOException {
    // 0.5, then 1.75: mean 1.125 helps; with 3: 1.75 hurts; with -1.5 the three are 0.25, which hurts.
    Result r = search(1, true, 0.5f, 1.75f, 3, -1.5f);
    assertEquals(new Candidate("greedy", List.of("w=0.5", "w=1.75"), -0.125), r.chosen());
    assertEquals(1.125f, target.toFloats()[0]);
    // With uniform soups, the pair has been scored before.
    search(2, true, 0.5f, 1.75f, 3, -1.5f);
    assertEquals(3, scored, "the pair, and two that were left out");
  }

  @Test
  void aSoupThatLosesIsNotChosenAndSaidSo() throws IOException {
    Result r = search(3, true, 1.25f, 2, 3);
    assertFalse(r.chosen().isSoup());
    assertEquals(r.bestSingle(), r.chosen());
    assertEquals(-0.625, r.bestSoup().score());
    assertTrue(r.bestSoup().score() < r.bestSingle().score());
    assertEquals(1.25f, target.toFloats()[0]);
  }

  @Test
  void ofEqualsTheLargerAverage() throws IOException {
    Result r = search(2, false, 1.5f, 1.5f);
    assertTrue(r.chosen().isSoup());
  }

  @Test
  void oneModelIsNoSoup() throws IOException {
    Result r = search(5, true, 2);
    assertNull(r.bestSoup());
    assertEquals(0, scored);
    assertThrows(IllegalArgumentException.class, () -> search(2, false, Float.NaN, 1));
  }
}

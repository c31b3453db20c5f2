package io.llama3v.train.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.annotate.KrippendorffAlpha.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KrippendorffAlphaTest {
  /** Rows of raters, '.' for missing, as units. */
  private static List<int[]> units(String... raters) {
    List<int[]> units = new ArrayList<>();
    for (int u = 0; u < raters[0].length(); u++) {
      int at = u;
      units.add(Arrays.stream(raters).mapToInt(r -> r.charAt(at)).filter(c -> c != '.').map(c -> c - '0').toArray());
    }
    return units;
  }

  /** The example of Krippendorff 2011, section C to E: four observers, twelve units, nine values missing. */
  @Test
  void publishedExampleOfFourObservers() {
    List<int[]> units = units("123321412...", "1233224125.3", ".3332342251.", "12332441251.");
    assertEquals(0.743, KrippendorffAlpha.of(units, Metric.NOMINAL), 5e-4);
    assertEquals(0.815, KrippendorffAlpha.of(units, Metric.ORDINAL), 5e-4);
    assertEquals(0.849, KrippendorffAlpha.of(units, Metric.INTERVAL), 5e-4);
  }

  /** The widely printed example of three coders and fifteen units. */
  @Test
  void publishedExampleOfThreeCoders() {
    List<int[]> units = units(".....34121133.3", "1.213343.......", "..21344.21133.4");
    assertEquals(0.691, KrippendorffAlpha.of(units, Metric.NOMINAL), 5e-4);
    assertEquals(0.811, KrippendorffAlpha.of(units, Metric.INTERVAL), 5e-4);
    // Not printed; from a direct sum over all pairs of ratings, computed elsewhere.
    assertEquals(0.8067214, KrippendorffAlpha.of(units, Metric.ORDINAL), 1e-7);
  }

  /**
   * By hand: units (1,1), (1,3), (3,3). Coincidences o11 = 2, o13 = o31 = 1, o33 = 2; n1 = n3 = 3, n = 6. Squared distance d of 1 and 3:
   * D_o = 2d/6, D_e = 2·9d/30, alpha = 1 - (1/3)/(3/5) = 4/9 whatever d is.
   */
  @Test
  void byHand() {
    List<int[]> units = List.of(new int[] {1, 1}, new int[] {1, 3}, new int[] {3, 3}, new int[] {2});
    for (Metric metric : Metric.values()) assertEquals(4.0 / 9, KrippendorffAlpha.of(units, metric), 1e-12, metric.name());
  }

  @Test
  void oppositesAreBelowChance() {
    assertTrue(KrippendorffAlpha.of(List.of(new int[] {-3, 3}, new int[] {3, -3}), Metric.ORDINAL) < 0);
  }

  @Test
  void undefinedWithoutPairsOrVariation() {
    assertEquals(Double.NaN, KrippendorffAlpha.of(List.of(), Metric.ORDINAL));
    assertEquals(Double.NaN, KrippendorffAlpha.of(List.of(new int[] {1}, new int[] {2}), Metric.ORDINAL));
    assertEquals(Double.NaN, KrippendorffAlpha.of(List.of(new int[] {2, 2}, new int[] {2, 2}), Metric.INTERVAL));
  }
}

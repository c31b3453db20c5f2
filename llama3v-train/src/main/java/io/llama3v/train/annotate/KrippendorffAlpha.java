package io.llama3v.train.annotate;

import java.util.Arrays;
import java.util.List;

/**
 * Krippendorff's alpha, the agreement of any number of people who each rated some of the units: {@code 1 - D_o / D_e} (K. Krippendorff:
 * Computing Krippendorff's Alpha-Reliability, 2011). With {@code o_ck} the coincidences of values c and k, that is, over all units u with
 * {@code m_u >= 2} ratings the ordered pairs (c, k) of different people divided by {@code m_u - 1}; {@code n_c} their sums by value; and
 * {@code n} the sum of all:
 *
 * <pre>
 * D_o = 1/n       · sum_ck o_ck · d²(c, k)
 * D_e = 1/n(n-1)  · sum_ck n_c · n_k · d²(c, k)
 * </pre>
 *
 * 1 is perfect agreement, 0 is what chance gives. Units with fewer than two ratings do not count.
 */
public final class KrippendorffAlpha {
  /** How far two values are apart. */
  public enum Metric {
    /** Equal or not. */
    NOMINAL,
    /** Ranks: the ratings that lie between, {@code (sum_{g=c..k} n_g - (n_c + n_k) / 2)²}. For scales whose steps need not be equal. */
    ORDINAL,
    /** {@code (c - k)²}. */
    INTERVAL
  }

  private KrippendorffAlpha() {}

  /**
   * The coefficient.
   *
   * @param units for each unit the ratings it got, in any order
   * @return NaN where it is undefined: no unit has two ratings, or all ratings are equal
   */
  public static double of(List<int[]> units, Metric metric) {
    int[] values = units.stream().filter(u -> u.length > 1).flatMapToInt(Arrays::stream).sorted().distinct().toArray();
    double[][] coincidences = new double[values.length][values.length];
    for (int[] unit : units) {
      for (int i = 0; i < unit.length; i++) {
        for (int j = 0; j < unit.length; j++) {
          if (i != j) coincidences[Arrays.binarySearch(values, unit[i])][Arrays.binarySearch(values, unit[j])] += 1.0 / (unit.length - 1);
        }
      }
    }
    double[] sums = Arrays.stream(coincidences).mapToDouble(row -> Arrays.stream(row).sum()).toArray();
    double n = Arrays.stream(sums).sum();
    double observed = 0;
    double expected = 0;
    for (int c = 0; c < values.length; c++) {
      for (int k = 0; k < values.length; k++) {
        double d = squared(values, sums, c, k, metric);
        observed += coincidences[c][k] * d;
        expected += sums[c] * sums[k] * d;
      }
    }
    return expected == 0 ? Double.NaN : 1 - (n - 1) * observed / expected;
  }

  private static double squared(int[] values, double[] sums, int c, int k, Metric metric) {
    if (c == k) return 0;
    return switch (metric) {
      case NOMINAL -> 1;
      case INTERVAL -> ((double) values[c] - values[k]) * ((double) values[c] - values[k]);
      case ORDINAL -> {
        double between = -(sums[c] + sums[k]) / 2;
        for (int g = Math.min(c, k); g <= Math.max(c, k); g++) between += sums[g];
        yield between * between;
      }
    };
  }
}

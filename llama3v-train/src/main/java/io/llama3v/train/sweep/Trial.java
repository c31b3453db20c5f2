package io.llama3v.train.sweep;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The settings of one trial of a sweep.
 *
 * @param name         of the trial and of its folder
 * @param learningRate peak learning rate
 * @param weightDecay  decoupled weight decay
 * @param share        part of the data that it sees, chosen at random by the seed
 * @param seed         of the order and the choice of its data
 */
public record Trial(String name, double learningRate, double weightDecay, double share, long seed) {
  /** The settings as a table shows them. */
  public Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("learning rate", number(learningRate));
    all.put("weight decay", number(weightDecay));
    all.put("data", String.format(Locale.ROOT, "%.0f %%, seed %d", 100 * share, seed));
    return all;
  }

  private static String number(double value) {
    return value == 0 ? "0" : value >= 1e-2 ? String.format(Locale.ROOT, "%.3g", value) : String.format(Locale.ROOT, "%.2e", value);
  }
}

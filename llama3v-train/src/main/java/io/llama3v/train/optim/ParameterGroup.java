package io.llama3v.train.optim;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A part of the model that learns at its own pace. Made from patterns over full parameter names, where {@code *} stands for any
 * characters and {@code ?} for one:
 *
 * <pre>{@code
 * ParameterGroup.of("gates", "*_gate", "*.gate_attn", "*.gate_ffn").rate(10).decay(0)
 * }</pre>
 *
 * @param name         name in logs and metrics
 * @param patterns     a parameter belongs to the first group with a pattern that matches its name
 * @param rate         factor on the learning rate
 * @param weightDecay  weight decay, or null for the optimiser's; the {@link DecayRule} holds within a group too
 * @param schedule     learning rate, or null for the optimiser's
 */
public record ParameterGroup(String name, List<String> patterns, double rate, Double weightDecay, Schedule schedule) {
  /** Name of the group of all parameters that no other group claims. */
  public static final String DEFAULT = "default";

  public ParameterGroup {
    patterns = List.copyOf(patterns);
    Check.rate("rate of group '" + name + "'", rate);
    if (weightDecay != null) Check.rate("weight decay of group '" + name + "'", weightDecay);
  }

  /** A group with the optimiser's rate, decay and schedule. */
  public static ParameterGroup of(String name, String... patterns) {
    return new ParameterGroup(name, List.of(patterns), 1, null, null);
  }

  /** The same group with a factor on the learning rate. */
  public ParameterGroup rate(double factor) {
    return new ParameterGroup(name, patterns, factor, weightDecay, schedule);
  }

  /** The same group with a weight decay of its own. */
  public ParameterGroup decay(double decay) {
    return new ParameterGroup(name, patterns, rate, decay, schedule);
  }

  /** The same group with a schedule of its own; the factor applies to it too. */
  public ParameterGroup schedule(Schedule own) {
    return new ParameterGroup(name, patterns, rate, weightDecay, own);
  }

  /** True if one of the patterns matches a full parameter name. */
  public boolean matches(String parameter) {
    return patterns.stream().anyMatch(pattern -> glob(pattern).matcher(parameter).matches());
  }

  static Pattern glob(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString());
  }
}

package io.llama3v.train.optim;

import io.llama3v.backend.AdamWStep;
import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * AdamW (Loshchilov and Hutter: Decoupled Weight Decay Regularization, 2019) over named parameters, as {@code torch.optim.AdamW}
 * computes it; the formula is in {@link AdamWStep}. Two moments a trainable parameter live on its backend until {@link #close};
 * a frozen parameter has none.
 *
 * <pre>{@code
 * try (AdamW optimizer = AdamW.over(model.parameters())
 *     .schedule(Schedule.warmupCosine(1e-3, 100, 5_000)).weightDecay(0.01)
 *     .group(ParameterGroup.of("gates", "*_gate").rate(10)).build()) {
 *   for (long step = 0; step < 5_000; step++) {
 *     optimizer.clearGrads();
 *     try (Tape tape = Tape.record(backend)) {
 *       tape.backward(model.loss(batch));
 *     }
 *     GradientNorm gradient = new GradientClipping(1.0).measure(optimizer.parameters().values());
 *     if (gradient.finite()) optimizer.step(step, gradient.scale());
 *   }
 * }
 * }</pre>
 *
 * {@link io.llama3v.train.loop.TrainingLoop} does all that, with accumulation, metrics and checkpoints. A parameter that got no
 * gradient in a step is left as it is, moments and bias correction included.
 */
public final class AdamW implements AutoCloseable {
  /** State-dict prefix of first moments. */
  public static final String FIRST = "exp_avg.";
  /** State-dict prefix of second moments. */
  public static final String SECOND = "exp_avg_sq.";

  private static final class Slot {
    final String name;
    final Parameter parameter;
    final ParameterGroup group;
    final double decay;
    final Tensor first;
    final Tensor second;
    long updates;

    Slot(String name, Parameter parameter, ParameterGroup group, double decay) {
      this.name = name;
      this.parameter = parameter;
      this.group = group;
      this.decay = decay;
      parameter.promote();
      this.first = zeros(parameter);
      this.second = zeros(parameter);
    }

    private static Tensor zeros(Parameter parameter) {
      Tensor zeros = parameter.backend().detached(DType.F32, parameter.shape());
      parameter.backend().kernels().fill(zeros, 0);
      return zeros;
    }
  }

  private final Backend backend;
  private final Schedule schedule;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final List<ParameterGroup> groups;
  private final List<Slot> slots = new ArrayList<>();
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  private AdamW(Builder b) {
    schedule = b.schedule;
    beta1 = b.beta1;
    beta2 = b.beta2;
    epsilon = b.epsilon;
    groups = new ArrayList<>(b.groups);
    groups.add(ParameterGroup.of(ParameterGroup.DEFAULT, "*"));
    b.checkPatterns();
    b.all.forEach((name, parameter) -> {
      if (!parameter.isTrainable()) return;
      ParameterGroup group = groups.stream().filter(g -> g.matches(name)).findFirst().orElseThrow();
      double decay = group.weightDecay() != null ? group.weightDecay() : b.weightDecay;
      slots.add(new Slot(name, parameter, group, b.decayRule.decays(name, parameter) ? decay : 0));
      parameters.put(name, parameter);
    });
    if (slots.isEmpty()) {
      throw new IllegalArgumentException("none of " + b.all.size() + " parameters is trainable: unfreeze what this stage trains");
    }
    backend = slots.get(0).parameter.backend();
  }

  /** An optimiser of the trainable ones among the parameters; they must have values. */
  public static Builder over(Map<String, Parameter> parameters) {
    return new Builder(parameters);
  }

  /** One update with the gradients as they are. */
  public void step(long stepIndex) {
    step(stepIndex, 1);
  }

  /**
   * One update of every parameter that has a gradient. Gradients stay; see {@link #clearGrads}.
   *
   * @param stepIndex     index of this step for the schedules, from 0
   * @param gradientScale factor on every gradient: clipping
   */
  public void step(long stepIndex, double gradientScale) {
    for (Slot slot : slots) {
      Tensor gradient = slot.parameter.grad();
      if (gradient == null) continue;
      slot.updates++;
      backend.kernels().adamW(slot.parameter, gradient, slot.first, slot.second,
          new AdamWStep(rate(slot.group, stepIndex), beta1, beta2, epsilon, slot.decay, slot.updates, gradientScale));
    }
  }

  /** Forgets the gradients of all its parameters. */
  public void clearGrads() {
    parameters.values().forEach(Parameter::clearGrad);
  }

  /** The learning rate of the default group at a step. */
  public double learningRate(long stepIndex) {
    return schedule.at(stepIndex);
  }

  /** The learning rate at a step of each group that has parameters, by the group's name. */
  public Map<String, Double> learningRates(long stepIndex) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (Slot slot : slots) rates.computeIfAbsent(slot.group.name(), name -> rate(slot.group, stepIndex));
    return rates;
  }

  private double rate(ParameterGroup group, long stepIndex) {
    return (group.schedule() != null ? group.schedule() : schedule).at(stepIndex) * group.rate();
  }

  /** Where parameters and moments live. */
  public Backend backend() {
    return backend;
  }

  /** The parameters that it trains, by full name. */
  public Map<String, Parameter> parameters() {
    return new LinkedHashMap<>(parameters);
  }

  /** The weight decay of a parameter, 0 where the rule exempts it. */
  public double weightDecay(String parameter) {
    return slots.stream().filter(slot -> slot.name.equals(parameter)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("'" + parameter + "' is not trained")).decay;
  }

  /** The moments themselves, {@code exp_avg.NAME} and {@code exp_avg_sq.NAME}: what a checkpoint reads and overwrites. */
  public Map<String, Tensor> moments() {
    Map<String, Tensor> moments = new LinkedHashMap<>();
    for (Slot slot : slots) {
      moments.put(FIRST + slot.name, slot.first);
      moments.put(SECOND + slot.name, slot.second);
    }
    return moments;
  }

  /** Updates that each parameter has had: the t of the bias correction. */
  public Map<String, Long> updates() {
    Map<String, Long> updates = new LinkedHashMap<>();
    for (Slot slot : slots) updates.put(slot.name, slot.updates);
    return updates;
  }

  /**
   * Sets what {@link #updates()} returned.
   *
   * @throws IllegalArgumentException if the names are not exactly those of the trained parameters
   */
  public void restoreUpdates(Map<String, Long> updates) {
    TreeSet<String> wrong = new TreeSet<>(updates.keySet());
    wrong.removeAll(parameters.keySet());
    parameters.keySet().stream().filter(name -> !updates.containsKey(name)).forEach(wrong::add);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException("the saved optimiser and this one train different parameters: " + wrong);
    }
    for (Slot slot : slots) slot.updates = updates.get(slot.name);
  }

  /** Starts afresh: moments 0, no updates counted. The annealing stage does so. */
  public void reset() {
    for (Slot slot : slots) {
      backend.kernels().fill(slot.first, 0);
      backend.kernels().fill(slot.second, 0);
      slot.updates = 0;
    }
  }

  /** One line for the log: what trains, how fast, with what decay. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "AdamW(betas %s, %s, epsilon %s)", beta1, beta2, epsilon));
    for (ParameterGroup group : groups) {
      List<Slot> own = slots.stream().filter(slot -> slot.group == group).toList();
      if (own.isEmpty()) continue;
      long weights = own.stream().mapToLong(slot -> slot.parameter.elements()).sum();
      long decayed = own.stream().filter(slot -> slot.decay > 0).count();
      text.append(String.format(Locale.ROOT, "; %s: %d tensors, %,d weights, rate x%s, decay on %d", group.name(), own.size(), weights,
          group.rate(), decayed));
    }
    return text.toString();
  }

  /** Releases the moments. */
  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.first.close();
      slot.second.close();
    }
  }

  /** Settings of an {@link AdamW}. Without any: rate 1e-3, betas 0.9 and 0.999, epsilon 1e-8, no decay. */
  public static final class Builder {
    private final Map<String, Parameter> all;
    private final List<ParameterGroup> groups = new ArrayList<>();
    private Schedule schedule = Schedule.constant(1e-3);
    private DecayRule decayRule = DecayRule.STANDARD;
    private double weightDecay;
    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-8;

    private Builder(Map<String, Parameter> all) {
      this.all = all;
    }

    /** The learning rate; groups multiply it or bring their own. */
    public Builder schedule(Schedule value) {
      schedule = value;
      return this;
    }

    /** Decoupled weight decay of the parameters that {@link #decayRule} lets decay. */
    public Builder weightDecay(double value) {
      Check.rate("weight decay", value);
      weightDecay = value;
      return this;
    }

    /** Which parameters decay; {@link DecayRule#STANDARD} unless told otherwise. */
    public Builder decayRule(DecayRule value) {
      decayRule = value;
      return this;
    }

    /** Decay rates of the two moments, each in [0, 1). */
    public Builder betas(double first, double second) {
      Check.fraction("beta1", first);
      Check.fraction("beta2", second);
      beta1 = first;
      beta2 = second;
      return this;
    }

    /** Added to the square root of the second moment. */
    public Builder epsilon(double value) {
      Check.rate("epsilon", value);
      epsilon = value;
      return this;
    }

    /** Adds a group; a parameter belongs to the first that matches it. */
    public Builder group(ParameterGroup group) {
      groups.add(group);
      return this;
    }

    /**
     * Makes the optimiser and its moments.
     *
     * @throws IllegalArgumentException if nothing is trainable, or a group's pattern matches no parameter at all
     */
    public AdamW build() {
      return new AdamW(this);
    }

    private void checkPatterns() {
      TreeSet<String> names = new TreeSet<>();
      for (ParameterGroup group : groups) {
        if (!names.add(group.name()) || group.name().equals(ParameterGroup.DEFAULT)) {
          throw new IllegalArgumentException("two parameter groups are called '" + group.name() + "': rename one");
        }
        for (String pattern : group.patterns()) {
          var glob = ParameterGroup.glob(pattern);
          if (all.keySet().stream().noneMatch(name -> glob.matcher(name).matches())) {
            throw new IllegalArgumentException("group '" + group.name() + "': no parameter matches '" + pattern
                + "'; names look like " + all.keySet().stream().limit(3).toList() + ", and * stands for any characters");
          }
        }
      }
    }
  }
}

package io.llama3v.train.optim;

import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Moving average of parameters: {@code e ← e + (1 − decay)(p − e)}; the first {@link #update} copies, as
 * {@code torch.optim.swa_utils.AveragedModel} with {@code get_ema_multi_avg_fn} does. With another {@link Averaging} it is one over
 * the tail of a training, or a plain mean, {@code e ← e + (p − e) / n}, as in stochastic weight averaging (Izmailov et al., 2018).
 * The averages live on the parameters' backend until {@link #close}.
 */
public final class Ema implements AutoCloseable {
  private final Averaging rule;
  private final Map<String, Parameter> parameters;
  private final Map<String, Tensor> averages = new LinkedHashMap<>();
  private long updates;

  /** The average of the trainable ones among the parameters; it begins as a copy of their present values. */
  public Ema(Map<String, Parameter> parameters, double decay) {
    this(parameters, Averaging.exponential(decay));
  }

  /** The same with any rule; until something is taken in it holds the present values. */
  public Ema(Map<String, Parameter> parameters, Averaging rule) {
    this.rule = rule;
    this.parameters = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> {
      if (!parameter.isTrainable()) return;
      this.parameters.put(name, parameter);
      // As an optimiser does, which may be made later: an average of BF16 would round every small step away.
      parameter.promote();
      Tensor average = parameter.backend().detached(parameter.type(), parameter.shape());
      parameter.backend().kernels().copy(parameter, average);
      averages.put(name, average);
    });
  }

  /** Takes in the present values, if it is the rule's turn. To be called after every update of the parameters. */
  public void update() {
    updates++;
    if (!rule.takes(updates)) return;
    double pace = rule.pace(rule.taken(updates));
    parameters.forEach((name, parameter) -> {
      Tensor average = averages.get(name);
      if (pace == 1) parameter.backend().kernels().copy(parameter, average);
      else parameter.backend().kernels().lerp(parameter, pace, average);
    });
  }

  /** Weights taken in so far. */
  public long taken() {
    return rule.taken(updates);
  }

  /** The parameters take over the averages for good: the end of a training that leaves its average. */
  public void adopt() {
    parameters.forEach((name, parameter) -> parameter.backend().kernels().copy(averages.get(name), parameter));
  }

  /** Updates seen so far. */
  public long updates() {
    return updates;
  }

  /** Sets what {@link #updates()} returned. */
  public void restoreUpdates(long count) {
    updates = count;
  }

  /** The averages themselves, by parameter name: what a checkpoint reads and overwrites. */
  public Map<String, Tensor> averages() {
    return new LinkedHashMap<>(averages);
  }

  /** Parameters hold the averages while this is open, and their own values, bit for bit, afterwards: for evaluation. */
  public interface Swapped extends AutoCloseable {
    @Override
    void close();
  }

  /** Exchanges parameters and averages until the result is closed. Do not train meanwhile. */
  public Swapped swap() {
    exchange();
    return this::exchange;
  }

  private void exchange() {
    parameters.forEach((name, parameter) -> {
      Tensor average = averages.get(name);
      try (Tensor kept = parameter.backend().detached(parameter.type(), parameter.shape())) {
        var kernels = parameter.backend().kernels();
        kernels.copy(parameter, kept);
        kernels.copy(average, parameter);
        kernels.copy(kept, average);
      }
    });
  }

  /** Releases the averages. */
  @Override
  public void close() {
    averages.values().forEach(Tensor::close);
  }
}

package io.llama3v.nn;

import io.llama3v.tensor.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Low-rank adaptation of any linear layers of a model (Hu et al.: LoRA, 2021): their weights and biases are frozen, and each learns
 * {@code W + (alpha / rank) B A} through two narrow matrices. At first the model computes what it computed before. {@link #merge}
 * puts the product into the weights, after which the model has its own parameters again and is saved in its own layout.
 *
 * <pre>{@code
 * Lora lora = Lora.attach(model, name -> name.endsWith(".q_proj") || name.endsWith(".v_proj"), 8, 16, seed);
 * try (AdamW optimizer = AdamW.over(model.parameters()).build()) { … }
 * lora.merge();
 * }</pre>
 *
 * Parameters are called {@code LAYER.lora_A.weight} and {@code LAYER.lora_B.weight}. Dropout on the layer's input, which some
 * implementations have, is not offered.
 */
public final class Lora {
  private record Layer(Linear linear, boolean weightTrained, boolean biasTrained) {}

  private final Map<String, Layer> layers;
  private final int rank;
  private final double alpha;

  private Lora(Map<String, Layer> layers, int rank, double alpha) {
    this.layers = layers;
    this.rank = rank;
    this.alpha = alpha;
  }

  /**
   * Adapts every {@link Linear} whose full name in the model matches. Layers that have weights get initialised updates; those of a
   * model that is only declared get declared ones.
   *
   * @param rank r, width of the update
   * @param alpha the update counts {@code alpha / rank} times
   * @param seed of A
   * @throws IllegalArgumentException if nothing matches, or a layer has an update already
   */
  public static Lora attach(Module model, Predicate<String> names, int rank, double alpha, long seed) {
    if (rank < 1) throw new IllegalArgumentException("lora rank is " + rank + "; expected 1 or more");
    if (!(alpha > 0) || Double.isInfinite(alpha)) throw new IllegalArgumentException("lora alpha is " + alpha + "; expected a positive number");
    Map<String, Linear> chosen = new LinkedHashMap<>();
    List<String> all = new ArrayList<>();
    model.modules().forEach((name, module) -> {
      if (!(module instanceof Linear linear)) return;
      all.add(name);
      if (names.test(name)) chosen.put(name, linear);
    });
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException("lora: none of " + all.size() + " linear layers matches; their names look like "
          + all.stream().limit(3).toList());
    }
    chosen.forEach((name, linear) -> {
      if (linear.update() != null) throw new IllegalArgumentException("lora: " + name + " has an update already; merge it first");
    });
    Map<String, Layer> layers = new LinkedHashMap<>();
    chosen.forEach((name, linear) -> {
      LowRankUpdate update = linear.attach(rank, alpha);
      Parameter weight = linear.weight();
      if (weight.isAllocated()) {
        update.parameters().forEach((own, parameter) -> parameter.initialize(weight.backend(), seed, name + "." + own));
      }
      Parameter bias = linear.bias();
      layers.put(name, new Layer(linear, weight.isTrainable(), bias != null && bias.isTrainable()));
      weight.setTrainable(false);
      if (bias != null) bias.setTrainable(false);
    });
    return new Lora(layers, rank, alpha);
  }

  /** Full names of the adapted layers. */
  public List<String> names() {
    return List.copyOf(layers.keySet());
  }

  /** The parameters of the updates by full name: what training changes. */
  public Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    layers.forEach((name, layer) -> layer.linear.update().parameters().forEach((own, p) -> all.put(name + "." + own, p)));
    return all;
  }

  /** Width of the updates. */
  public int rank() {
    return rank;
  }

  /** Numerator of the updates' factor. */
  public double alpha() {
    return alpha;
  }

  /** Adds every update to its layer's weight and removes it; weights train again if they did before. */
  public void merge() {
    layers.values().forEach(layer -> layer.linear.update().mergeInto(layer.linear.weight()));
    detach();
  }

  /** Removes the updates and leaves the weights as they were before {@link #attach}. */
  public void detach() {
    layers.values().forEach(layer -> {
      layer.linear.detach();
      layer.linear.weight().setTrainable(layer.weightTrained);
      if (layer.linear.bias() != null) layer.linear.bias().setTrainable(layer.biasTrained);
    });
    layers.clear();
  }
}

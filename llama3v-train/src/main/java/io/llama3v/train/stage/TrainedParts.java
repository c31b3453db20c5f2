package io.llama3v.train.stage;

import io.llama3v.nn.Module;
import io.llama3v.tensor.Parameter;
import io.llama3v.train.optim.DecayRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which parameters of a declared model a stage trains, part by part, as {@link Training} would: no weight is allocated.
 *
 * @param name    {@code frozen}, a part's patterns, or {@code everything else}
 * @param tensors number of tensors
 * @param weights number of weights
 * @param decayed how many of the tensors weight decay applies to
 * @param rate    factor on the learning rate, 0 for frozen ones
 * @param decay   weight decay
 */
record TrainedParts(String name, int tensors, long weights, int decayed, double rate, double decay) {

  /** Attaches LoRA, freezes, and counts. The model must be declared only; it is changed. */
  static List<TrainedParts> of(Module model, TrainingConfig t) {
    if (t.lora() != null) t.lora().attach(model, 0);
    Training.freezeParts(model, t.parts());
    Map<String, TrainedParts> found = new LinkedHashMap<>();
    List<String> order = new ArrayList<>();
    for (PartConfig part : t.parts()) if (!part.frozen()) order.add(title(part));
    order.add("everything else");
    order.add("frozen");
    order.forEach(name -> found.put(name, null));
    model.parameters().forEach((name, parameter) -> {
      PartConfig part = t.parts().stream().filter(p -> p.matches(name)).findFirst().orElse(null);
      boolean frozen = !parameter.isTrainable();
      boolean own = !frozen && part != null;
      double decay = own && part.weightDecay() != null ? part.weightDecay() : t.weightDecay();
      found.merge(frozen ? "frozen" : own ? title(part) : "everything else",
          one(frozen ? "frozen" : own ? title(part) : "everything else", name, parameter, frozen ? 0 : own ? part.learningRate() : 1, decay),
          TrainedParts::plus);
    });
    return found.values().stream().filter(part -> part != null).toList();
  }

  private static String title(PartConfig part) {
    return String.join(", ", part.match());
  }

  private static TrainedParts one(String title, String name, Parameter p, double rate, double decay) {
    boolean decays = rate > 0 && decay > 0 && DecayRule.STANDARD.decays(name, p);
    return new TrainedParts(title, 1, p.elements(), decays ? 1 : 0, rate, decay);
  }

  private TrainedParts plus(TrainedParts other) {
    return new TrainedParts(name, tensors + other.tensors, weights + other.weights, decayed + other.decayed, rate, decay);
  }
}

package io.llama3v.train.parity;

import io.llama3v.backend.Backend;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.ParityCheck;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Gradients of a loss for every parameter of a model, and their comparison with a reference's. */
final class Gradients {
  private Gradients() {}

  /** Runs forward and backward; parameters that the loss does not depend on get zeros. The model's gradients are cleared. */
  static Map<String, float[]> of(Module model, Backend backend, Supplier<Tensor> loss, Map<String, float[]> computed, String lossName) {
    model.clearGrads();
    try (Tape tape = Tape.record(backend)) {
      Tensor value = loss.get();
      computed.put(lossName, value.toFloats());
      tape.backward(value);
    }
    Map<String, float[]> gradients = new LinkedHashMap<>();
    model.parameters().forEach((name, p) -> gradients.put(name, p.grad() == null ? new float[(int) p.elements()] : p.grad().toFloats()));
    model.clearGrads();
    return gradients;
  }

  /** Compares under names that begin with {@code prefix} in the reference's file. */
  static void compare(ParityCheck check, WeightSource expected, String prefix, Map<String, float[]> actual) throws IOException {
    Set<String> names = new TreeSet<>();
    double largest = 0;
    for (String name : expected.names()) {
      if (!name.startsWith(prefix)) continue;
      names.add(name.substring(prefix.length()));
      largest = Math.max(largest, ParityCheck.largest(expected.readFloats(name)));
    }
    for (String name : names) check.gradient(name, expected.readFloats(prefix + name), actual.get(name), largest);
  }

  /** Records every gradient that the reference has none of. */
  static void requireAll(ParityCheck check, Collection<String> actual, Set<String> expected) {
    Set<String> extra = new TreeSet<>(actual);
    extra.removeAll(expected);
    extra.forEach(check::missing);
  }
}

package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.Step;
import io.llama3v.io.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One walk over all shards: decides with the result of the pass before it, runs whole steps, and measures for its own reduction, where it
 * ends. Pictures are read and decoded once a pass.
 *
 * @param index       from 0; the first pass reads raw shards, the others the records of the pass before them
 * @param decides     the step whose reduction ended the pass before, or null
 * @param whole       steps without a reduction
 * @param measures    the step whose reduction ends this pass, or null in the last one
 * @param fingerprint of all that its records depend on; names its folder
 */
record Pass(int index, Step<?> decides, List<Step<?>> whole, Step<?> measures, String fingerprint) {

  /** Cuts a list of steps into passes. */
  static List<Pass> plan(List<Step<?>> steps, String inputs) {
    List<Pass> passes = new ArrayList<>();
    Step<?> decides = null;
    List<Step<?>> whole = new ArrayList<>();
    String chain = inputs;
    for (Step<?> step : steps) {
      chain = Digests.sha256(chain + "\n" + step.name() + "\n" + sorted(step.settings()));
      if (step.reduction() == null) {
        whole.add(step);
      } else {
        passes.add(new Pass(passes.size(), decides, List.copyOf(whole), step, chain));
        decides = step;
        whole.clear();
      }
    }
    passes.add(new Pass(passes.size(), decides, List.copyOf(whole), null, Digests.sha256(chain + "\nend")));
    return passes;
  }

  private static Map<String, String> sorted(Map<String, String> settings) {
    return new TreeMap<>(settings);
  }

  boolean needsPictures() {
    return whole.stream().anyMatch(Step::needsPictures) || measures != null && measures.needsPictures();
  }

  /** Names of its steps, for progress. */
  String title() {
    List<String> names = new ArrayList<>();
    if (index == 0) {
      names.add("read");
    }
    whole.forEach(s -> names.add(s.name()));
    if (measures != null) {
      names.add(measures.name());
    }
    return names.isEmpty() ? decides.name() : String.join(", ", names);
  }
}

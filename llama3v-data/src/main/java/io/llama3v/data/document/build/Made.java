package io.llama3v.data.document.build;

import io.llama3v.data.sample.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of one source: samples by set, and what was left out. Filled by one thread. */
final class Made {
  /** The sets, each with shards of its own. */
  static final List<String> SETS = List.of("documents", "charts", "code", "grounding", "marks");

  /** Something left out, and why. */
  record Skip(String source, String reason, String message) {}

  private final int number;
  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
  private final List<Skip> skipped = new ArrayList<>();

  /** @param number of the source, which keys begin with */
  Made(int number) {
    this.number = number;
  }

  /** A key that no other sample of the set has. */
  String key(String set) {
    return String.format(java.util.Locale.ROOT, "%s-%06d-%03d", set, number, samples.getOrDefault(set, List.of()).size());
  }

  void add(String set, Sample sample) {
    samples.computeIfAbsent(set, s -> new ArrayList<>()).add(sample);
  }

  void skip(String source, String reason, String message) {
    skipped.add(new Skip(source, reason, message));
  }

  List<Sample> samples(String set) {
    return samples.getOrDefault(set, List.of());
  }

  List<Skip> skipped() {
    return skipped;
  }
}

package io.llama3v.data.curate.engine;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** Where the threads of this process spent their time in a pass, summed over threads. */
final class StepClock {
  /** Reading raw shards, or the records of the pass before. */
  static final String READ = "read";
  /** Decoding pictures. */
  static final String DECODE = "decode";
  /** Writing records and the parts of reductions. */
  static final String WRITE = "write";
  private final Map<String, LongAdder> nanos = new ConcurrentHashMap<>();

  /** Adds the time since {@code start}, and returns the time now. */
  long add(String name, long start) {
    long now = System.nanoTime();
    nanos.computeIfAbsent(name, n -> new LongAdder()).add(now - start);
    return now;
  }

  /** What was added since the last call, the longest first: {@code decode 4.1 s, read 2.0 s}; empty if nothing ran here. */
  String drain() {
    String text = nanos.entrySet().stream().sorted((a, b) -> Long.compare(b.getValue().sum(), a.getValue().sum()))
        .map(e -> String.format(Locale.ROOT, "%s %.1f s", e.getKey(), e.getValue().sum() / 1e9)).collect(Collectors.joining(", "));
    nanos.clear();
    return text;
  }
}

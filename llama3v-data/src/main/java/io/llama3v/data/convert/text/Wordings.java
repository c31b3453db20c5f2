package io.llama3v.data.convert.text;

import io.llama3v.data.convert.Example;

/** How examples get their words. */
@FunctionalInterface
public interface Wordings {
  /** The words of an example. */
  Turn of(Example example, String key);

  /** Many wordings, one chosen by hash of seed and key. */
  static Wordings varied(Templates templates, long seed) {
    return (example, key) -> templates.render(example.task(), seed, key);
  }

  /** The wording of the benchmark; that of a template where the example belongs to none. */
  static Wordings fixed(Templates templates, long seed) {
    return (example, key) -> {
      Turn fixed = BenchmarkPrompt.of(example.metric(), example.task());
      return fixed == null ? templates.render(example.task(), seed, key) : fixed;
    };
  }
}

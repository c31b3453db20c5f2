package io.llama3v.train.stage;

import io.llama3v.backend.Backend;
import io.llama3v.text.HuggingFaceTokenizer;
import io.llama3v.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a stage works with.
 *
 * @param config the whole run's configuration
 * @param backend where tensors live
 * @param session how this process takes up the run
 * @param listener hears what happens
 */
public record StageContext(PipelineConfig config, Backend backend, RunSession session, StageListener listener) {
  /** The folder that a stage leaves its result in. */
  public Path folder(String stage) {
    return config.run().resolve(stage);
  }

  /** The metrics of all stages. */
  public Path metrics() {
    return config.run().resolve("metrics.jsonl");
  }

  /** A file pattern of one of the corpus' sets. */
  public String shards(String set) {
    return shards(config, set);
  }

  static String shards(PipelineConfig config, String set) {
    return config.corpus().folder().resolve(set).toString() + "-[0-9]*.tar";
  }

  /** The tokenizer of the run's language model. */
  public Tokenizer tokenizer() throws IOException {
    Path given = config.languageModel() == null ? null : config.languageModel().load();
    return HuggingFaceTokenizer.load(given == null ? folder("language-model") : given);
  }
}

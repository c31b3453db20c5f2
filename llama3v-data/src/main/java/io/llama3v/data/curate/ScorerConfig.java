package io.llama3v.data.curate;

import java.nio.file.Path;

/**
 * A CLIP model that scores pairs.
 *
 * @param checkpoint folder in Hugging Face's or OpenCLIP's layout
 * @param tokenizer  folder of its tokenizer; the checkpoint's by default
 * @param greyscale  whether it was trained on pictures without colours, as the tiny run's CLIP is
 * @param backend    {@code auto}, {@code cpu}, {@code nd4j} or {@code cuda}
 */
public record ScorerConfig(Path checkpoint, Path tokenizer, boolean greyscale, String backend) {
  /** Fills in defaults. */
  public ScorerConfig {
    if (checkpoint == null) {
      throw new IllegalArgumentException("'checkpoint' is missing: the folder of a CLIP model");
    }
    tokenizer = tokenizer == null ? checkpoint : tokenizer;
    backend = backend == null ? "auto" : backend;
  }
}

package io.llama3v.data.curate;

import java.nio.file.Path;

/**
 * A CLIP model that scores pairs.
 *
 * @param checkpoint folder in Hugging Face's or OpenCLIP's layout
 * @param tokenizer  folder of its tokenizer; the checkpoint's by default
 * @param picture    what it was trained on: {@code colour}, or {@code greyscale} or {@code figure} as {@code clip.picture} of the tiny runs
 * @param backend    {@code auto}, {@code cpu}, {@code nd4j} or {@code cuda}
 */
public record ScorerConfig(Path checkpoint, Path tokenizer, String picture, String backend) {
  /** Fills in defaults. */
  public ScorerConfig {
    if (checkpoint == null) {
      throw new IllegalArgumentException("'checkpoint' is missing: the folder of a CLIP model");
    }
    tokenizer = tokenizer == null ? checkpoint : tokenizer;
    picture = picture == null ? "colour" : picture;
    backend = backend == null ? "auto" : backend;
  }
}

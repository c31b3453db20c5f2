package io.llama3v.train.stage;

import io.llama3v.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The tokenizer of a model: one that was given, or that of the folder the model was loaded from, opened when it is first asked for. */
final class ModelTokenizer implements AutoCloseable {
  private final Tokenizer given;
  private final Path folder;
  private Tokenizer opened;

  private ModelTokenizer(Tokenizer given, Path folder) {
    this.given = given;
    this.folder = folder;
  }

  static ModelTokenizer of(Tokenizer given) {
    return new ModelTokenizer(given, null);
  }

  static ModelTokenizer in(Optional<Path> folder) {
    return new ModelTokenizer(null, folder.orElse(null));
  }

  static ModelTokenizer none() {
    return new ModelTokenizer(null, null);
  }

  /** The tokenizer, or null if none was given and the model was not loaded. */
  Tokenizer orNull() throws IOException {
    if (given != null) return given;
    if (opened == null && folder != null) opened = Tokenizer.load(folder);
    return opened;
  }

  /**
   * The tokenizer.
   *
   * @throws IllegalStateException if none was given and the model was not loaded
   */
  Tokenizer get() throws IOException {
    Tokenizer found = orNull();
    if (found == null) {
      throw new IllegalStateException("text must become tokens, and the model was not loaded from a folder that could hold its "
          + "tokenizer: give one, .tokenizer(Tokenizer.load(folder))");
    }
    return found;
  }

  /** Closes what it opened itself. */
  @Override
  public void close() {
    if (opened != null) opened.close();
    opened = null;
  }
}

package io.llama3v.data.pipeline;

import java.util.List;

/** More samples are bad than the loader was told to put up with; carries the first of them. */
public final class TooManyBadSamplesException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient List<String> examples;

  TooManyBadSamplesException(String message, List<String> examples) {
    super(message + (examples.isEmpty() ? "" : "; for instance " + examples.subList(0, Math.min(5, examples.size()))));
    this.examples = examples;
  }

  public List<String> examples() {
    return examples;
  }
}

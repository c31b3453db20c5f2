package io.llama3v.llama;

import io.llama3v.backend.Backend;

/** Anything that continues a token sequence: a language model, or a vision-language model that has been shown its images. */
public interface CausalModel {
  /** One sequence in the making; keeps keys and values of the tokens seen. */
  interface Session extends AutoCloseable {
    /**
     * Appends tokens and returns the logits for the token after the last of them.
     *
     * @throws IllegalArgumentException without a token
     * @throws IllegalStateException if they exceed the capacity that the session was opened with
     */
    float[] next(int... ids);

    @Override
    void close();
  }

  /** Starts a sequence of at most {@code capacity} tokens. */
  Session open(Backend backend, int capacity);
}

package io.llama3v.llama;

import io.llama3v.backend.Backend;
import java.util.Arrays;
import java.util.Set;
import java.util.function.IntConsumer;

/** Continues a prompt token by token with a key/value cache. */
public final class TextGenerator {
  private TextGenerator() {}

  /**
   * Generates up to {@code maxNew} tokens.
   *
   * @param prompt at least one token
   * @param stop tokens that end the text; the one that does is not part of the result
   * @return the new tokens
   */
  public static int[] generate(CausalModel model, Backend backend, int[] prompt, int maxNew, Sampling sampling, Set<Integer> stop) {
    return generate(model, backend, prompt, maxNew, sampling, stop, token -> { });
  }

  /** As the other one; {@code sink} gets each new token as soon as it is there. */
  public static int[] generate(CausalModel model, Backend backend, int[] prompt, int maxNew, Sampling sampling, Set<Integer> stop,
      IntConsumer sink) {
    if (prompt.length == 0) throw new IllegalArgumentException("an empty prompt: begin with <|begin_of_text|>");
    if (maxNew < 0) throw new IllegalArgumentException(maxNew + " new tokens; expected 0 or more");
    int[] out = new int[maxNew];
    int count = 0;
    try (CausalModel.Session session = model.open(backend, Math.addExact(prompt.length, maxNew))) {
      int[] input = prompt;
      while (count < maxNew) {
        int token = sampling.choose(session.next(input), count);
        if (stop.contains(token)) break;
        out[count++] = token;
        sink.accept(token);
        input = new int[] {token};
      }
    }
    return Arrays.copyOf(out, count);
  }
}

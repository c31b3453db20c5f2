package io.llama3v.train.parity;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.llama.CausalModel;
import io.llama3v.llama.Sampling;
import io.llama3v.llama.TextGenerator;
import io.llama3v.vision.image.ParityResult;
import java.util.Arrays;
import java.util.Set;

/** Greedy decoding, token for token. */
final class Greedy {
  private Greedy() {}

  /**
   * Continues the prompt of each row.
   *
   * @param expected rows of token ids, prompt and continuation
   * @return the error is the number of tokens that differ
   */
  static ParityResult compare(String name, JsonNode expected, CausalModel model, Backend backend, ReferenceBatch batch) {
    int wrong = 0;
    String worst = "all tokens";
    if (expected.size() != batch.text().rows()) {
      return new ParityResult(name, false, expected.size() + " rows for a batch of " + batch.text().rows(), Double.POSITIVE_INFINITY, 0);
    }
    for (int row = 0; row < expected.size(); row++) {
      int[] prompt = batch.row(row);
      int[] ids = new int[expected.get(row).size()];
      for (int i = 0; i < ids.length; i++) ids[i] = expected.get(row).get(i).asInt();
      int[] continued = TextGenerator.generate(model, backend, prompt, Math.max(0, ids.length - prompt.length), Sampling.GREEDY, Set.of());
      int[] all = Arrays.copyOf(prompt, prompt.length + continued.length);
      System.arraycopy(continued, 0, all, prompt.length, continued.length);
      int first = Arrays.mismatch(all, ids);
      if (first < 0) continue;
      if (wrong == 0) worst = "token " + first + " of row " + row;
      wrong += Math.max(all.length, ids.length) - first;
    }
    return new ParityResult(name, wrong == 0, worst, wrong, 0);
  }
}

package io.llama3v.train.checkpoint;

import io.llama3v.io.Digests;
import io.llama3v.tensor.Parameter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/**
 * The weights that a stage leaves alone. Checkpoints within a stage do not hold them: they name where they came from and what
 * they were, so that a resume with other ones is refused.
 *
 * @param source  folder that they were loaded from, or empty
 * @param tensors how many
 * @param weights elements in all
 * @param sha256  hash of their names and values
 */
public record FrozenWeights(String source, int tensors, long weights, String sha256) {

  /** Reads the frozen ones among the parameters, once, and hashes them. */
  public static FrozenWeights of(Map<String, Parameter> parameters, Path source) {
    MessageDigest digest = Digests.sha256();
    int tensors = 0;
    long weights = 0;
    for (Map.Entry<String, Parameter> entry : new TreeMap<>(parameters).entrySet()) {
      Parameter parameter = entry.getValue();
      if (parameter.isTrainable()) continue;
      digest.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
      TensorFiles.digest(parameter, digest);
      tensors++;
      weights += parameter.elements();
    }
    return new FrozenWeights(source == null ? "" : source.toString(), tensors, weights, Digests.hex(digest));
  }
}

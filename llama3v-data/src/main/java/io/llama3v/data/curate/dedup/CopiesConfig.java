package io.llama3v.data.curate.dedup;

import java.nio.file.Path;
import java.util.List;

/**
 * How copies are found and which one is kept.
 *
 * @param descriptor    {@code phash}, {@code dhash}, or {@code model}; phash unless a model is named
 * @param model         a copy-detection checkpoint (safetensors, SSCD's names) or an ONNX file
 * @param threshold     cosine from which pictures are copies; 0.75 for models, 0.9 for perceptual hashes
 * @param blockRows     pictures that are compared with each other, on average; 4096
 * @param probes        blocks that a picture is searched in; 2
 * @param iterations    of k-means; 10
 * @param largest       members from which a component is split into stars; 50
 * @param recallQueries pictures compared with all others, to measure what blocks lose; 1000; -1 for none
 * @param keep          what makes a copy the one to keep, the most important first; resolution, caption, score
 * @param score         name of the score to look at; clip
 */
public record CopiesConfig(String descriptor, Path model, Double threshold, int blockRows, int probes, int iterations, int largest,
    int recallQueries, List<Quality.Criterion> keep, String score) {
  /** The defaults. */
  public static final CopiesConfig DEFAULT = new CopiesConfig(null, null, null, 0, 0, 0, 0, 0, null, null);

  /** Fills in defaults and checks. */
  public CopiesConfig {
    descriptor = descriptor == null ? model == null ? "phash" : "model" : descriptor;
    if (!List.of("phash", "dhash", "model").contains(descriptor)) {
      throw new IllegalArgumentException("'descriptor' is '" + descriptor + "'; there are phash, dhash and model");
    }
    if (descriptor.equals("model") == (model == null)) {
      throw new IllegalArgumentException("the descriptor 'model' needs a 'model', a checkpoint or an ONNX file; the others take none");
    }
    threshold = threshold == null ? model == null ? 0.9 : 0.75 : threshold;
    blockRows = blockRows == 0 ? 4096 : blockRows;
    probes = probes == 0 ? 2 : probes;
    iterations = iterations == 0 ? 10 : iterations;
    largest = largest == 0 ? 50 : largest;
    recallQueries = recallQueries == 0 ? 1000 : Math.max(0, recallQueries);
    keep = keep == null ? List.of(Quality.Criterion.values()) : List.copyOf(keep);
    score = score == null ? "clip" : score;
    new CopySettings(threshold, blockRows, probes, iterations, largest, recallQueries, 0);
  }

  /** The search that this describes. */
  public CopySettings settings(long seed) {
    return new CopySettings(threshold, blockRows, probes, iterations, largest, recallQueries, seed);
  }
}

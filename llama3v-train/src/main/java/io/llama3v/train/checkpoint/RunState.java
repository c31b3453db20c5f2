package io.llama3v.train.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.pipeline.LoaderState;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a stage stands, tensors apart: {@code state.json} of a checkpoint.
 *
 * @param stage          name of the stage
 * @param step           updates made, which is the position of every schedule too
 * @param images         images seen
 * @param tokens         text tokens seen
 * @param skippedSteps   windows that made no update: non-finite loss or gradient, or nothing to learn from
 * @param skippedInARow  how many of these just now
 * @param loader         where the loader stands, and what it could not use
 * @param seed           seed of everything random; counters are derived from step and position
 * @param seconds        wall time spent so far, over all sessions
 * @param lossSum        sum of the losses since the last metrics line
 * @param lossCount      number of these losses
 * @param averaged       updates that the moving average took in; 0 without one
 * @param ended          true once a hook has ended the run before its last step
 * @param recent         the latest losses and gradient norms, by which a spike is told
 * @param changes        settings that were changed at a resume, and allowed to be, in words
 * @param config         the settings that the run must resume with, flat: {@code optimizer.learning_rate} to {@code 0.001}
 * @param frozen         what the run does not train, or null
 */
public record RunState(String stage, long step, long images, long tokens, long skippedSteps, int skippedInARow, LoaderState loader,
    long seed, double seconds, double lossSum, long lossCount, long averaged, boolean ended, Map<String, List<Double>> recent,
    List<String> changes, Map<String, String> config, FrozenWeights frozen) {

  public RunState {
    Map<String, List<Double>> copy = new TreeMap<>();
    recent.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    recent = Collections.unmodifiableMap(copy);
    changes = List.copyOf(changes);
    config = Collections.unmodifiableMap(new TreeMap<>(config));
  }

  /** SHA-256 of the settings, in hexadecimal. */
  public String configHash() {
    return Digests.sha256(Json.write(config));
  }

  String toJson() {
    return Json.writePretty(this);
  }

  static RunState read(Path file) throws IOException {
    JsonNode node = Json.read(file);
    try {
      return Json.mapper().treeToValue(node, RunState.class);
    } catch (JsonProcessingException wrong) {
      throw new CheckpointException(file, "not the state of a run: " + wrong.getOriginalMessage(), wrong);
    }
  }
}

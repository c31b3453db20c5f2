package io.llama3v.train.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.loop.NonFiniteLossException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the trials of a sweep one after the other, each in the folder {@code NAME} below the sweep's, where it leaves
 * {@code trial.json}. Called again, it goes on with the trials that have none, or one of other conditions: scores by two measures cannot
 * be ranked, and what failed may do so no more. A trial whose loss leaves the finite numbers is a result like any other; anything else
 * that goes wrong ends the sweep.
 */
public final class Sweep {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);
  private static final String RESULT = "trial.json";

  private Sweep() {}

  /** Trains with the settings of a trial and returns its score, higher being better. */
  @FunctionalInterface
  public interface Experiment {
    double run(Trial trial, Path folder) throws IOException;
  }

  /**
   * Runs what has not been run.
   *
   * @return all results from best to worst; failed ones last
   * @throws IllegalStateException if every trial failed, or one in the folder was made with other settings
   */
  public static List<TrialResult> run(List<Trial> trials, Path folder, Experiment experiment) throws IOException {
    return run(trials, folder, Map.of(), experiment);
  }

  /**
   * Runs what has not been run under these conditions.
   *
   * @param conditions what scores and failures depend on beside a trial's own settings: the validation, how all of them train
   * @return all results from best to worst; failed ones last
   * @throws IllegalStateException if every trial failed, or one in the folder was made with other settings
   */
  public static List<TrialResult> run(List<Trial> trials, Path folder, Map<String, String> conditions, Experiment experiment) throws IOException {
    List<TrialResult> results = new ArrayList<>();
    for (Trial trial : trials) {
      Path own = folder.resolve(trial.name());
      TrialResult result = read(own.resolve(RESULT), trial, conditions);
      if (result == null) {
        result = run(trial, own, experiment);
        Files.createDirectories(own);
        AtomicFiles.writeString(own.resolve(RESULT), Json.writePretty(tree(result, conditions)));
      }
      results.add(result);
    }
    if (results.stream().noneMatch(TrialResult::scored)) {
      throw new IllegalStateException("every trial of the sweep in " + folder + " failed; the first: " + results.get(0).failure()
          + ". With other settings they are tried again; to try the same once more, delete their folders");
    }
    results.sort(Comparator.comparingDouble((TrialResult r) -> r.scored() ? r.score() : Double.NEGATIVE_INFINITY).reversed());
    return results;
  }

  private static TrialResult run(Trial trial, Path folder, Experiment experiment) throws IOException {
    LOG.info("trial {}: {}", trial.name(), trial.settings());
    long start = System.nanoTime();
    double score = Double.NaN;
    String failure = "";
    try {
      score = experiment.run(trial, folder);
      if (Double.isNaN(score)) failure = "its score is NaN";
    } catch (NonFiniteLossException diverged) {
      failure = diverged.getMessage();
      LOG.warn("trial {} failed: {}", trial.name(), failure);
    }
    return new TrialResult(trial, score, (System.nanoTime() - start) / 1e9, failure);
  }

  private static Map<String, Object> tree(TrialResult result, Map<String, String> conditions) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("settings", exact(result.trial()));
    if (result.scored()) tree.put("score", result.score());
    else tree.put("failure", result.failure());
    tree.put("seconds", result.seconds());
    if (!conditions.isEmpty()) tree.put("conditions", new TreeMap<>(conditions));
    return tree;
  }

  /** The settings, exactly. */
  private static Map<String, String> exact(Trial trial) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("learning_rate", String.valueOf(trial.learningRate()));
    all.put("weight_decay", String.valueOf(trial.weightDecay()));
    all.put("share", String.valueOf(trial.share()));
    all.put("seed", String.valueOf(trial.seed()));
    return all;
  }

  /** The result in a file; null where there is none, or one of other conditions. */
  private static TrialResult read(Path file, Trial trial, Map<String, String> conditions) throws IOException {
    if (!Files.exists(file)) return null;
    JsonNode tree = Json.read(file);
    double score = tree.path("score").asDouble(Double.NaN);
    Map<String, String> made = texts(tree.path("settings"));
    Map<String, String> wanted = exact(trial);
    // What a failure left is its checkpoint, which refuses other settings itself and can be told to allow them.
    if (Double.isNaN(score) && !made.equals(wanted)) return null;
    wanted.forEach((key, value) -> {
      String before = made.getOrDefault(key, "");
      if (!before.equals(value)) {
        throw new IllegalStateException(file + ": was made with " + key + " " + before + ", and the sweep now has " + value
            + " there; delete " + file.getParent() + ", or change it back");
      }
    });
    if (!texts(tree.path("conditions")).equals(conditions)) {
      LOG.info("trial {}: its result in {} is of other conditions, and is made anew", trial.name(), file);
      return null;
    }
    return new TrialResult(trial, score, tree.path("seconds").asDouble(), Double.isNaN(score) ? tree.path("failure").asText("no score") : "");
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    object.properties().forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
    return texts;
  }
}

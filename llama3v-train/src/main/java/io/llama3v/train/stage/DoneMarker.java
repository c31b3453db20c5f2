package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.CodeVersion;
import io.llama3v.train.checkpoint.ConfigChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code done.json} in a stage's folder: that the stage has finished, under which settings and with which code, and what was changed
 * on the way or since and allowed to be.
 */
final class DoneMarker {
  private static final Logger LOG = LoggerFactory.getLogger(DoneMarker.class);
  static final String FILE = "done.json";
  private static final String REPEATED = "evaluation";

  private DoneMarker() {}

  /** Where a stage's marker lies. */
  static Path file(PipelineConfig config, String stage) {
    return config.run().resolve(stage).resolve(FILE);
  }

  /** What changed since a stage finished and may not have, a line each. */
  static List<String> refused(PipelineConfig config, String stage, Set<String> allowed) throws IOException {
    return stage.equals(REPEATED) ? List.of() : ConfigChanges.between(knownSettings(Json.read(file(config, stage))), settings(config, stage), allowed);
  }

  /** Why a finished stage is carried out again, a line each: what changed since, where nothing is lost and nothing was built on it. */
  static List<String> repeated(PipelineConfig config, String stage) throws IOException {
    return stage.equals(REPEATED) ? ConfigChanges.between(knownSettings(Json.read(file(config, stage))), settings(config, stage), Set.of())
        : List.of();
  }

  /** The settings that a finished stage counts as done under. */
  private static Map<String, String> knownSettings(JsonNode marker) {
    Map<String, String> known = texts(marker.path("settings"));
    known.putAll(texts(marker.path("accepted")));
    return known;
  }

  /**
   * True if a stage has finished under the present settings, or under others that the session allows to have changed; these are
   * recorded, and need not be allowed again. An evaluation under other settings is carried out again.
   *
   * @throws IllegalStateException that lists what changed and may not
   */
  static boolean isDone(StageContext context, String stage) throws IOException {
    Path file = file(context.config(), stage);
    if (!Files.exists(file)) return false;
    List<String> refused = refused(context.config(), stage, context.session().allowedChanges());
    if (!refused.isEmpty()) {
      throw new IllegalStateException("stage '" + stage + "' in " + context.config().run() + " finished under other settings:\n  "
          + String.join("\n  ", refused) + "\nChange them back, allow each by name (--allow-change=" + refused.get(0).split(" ", 2)[0]
          + "), choose another run folder (run=…), or delete " + file.getParent() + " and what was built on it");
    }
    List<String> repeated = repeated(context.config(), stage);
    if (!repeated.isEmpty()) {
      LOG.info("stage {} is carried out again: {}", stage, String.join("; ", repeated));
      return false;
    }
    JsonNode marker = Json.read(file);
    Map<String, String> present = settings(context.config(), stage);
    List<String> accepted = ConfigChanges.between(knownSettings(marker), present, Set.of());
    if (!accepted.isEmpty()) {
      accepted.forEach(change -> LOG.warn("stage {} counts as done although {}", stage, change));
      List<String> changes = list(marker.path("changes"));
      accepted.forEach(change -> changes.add("after the stage was done: " + change));
      write(file, stage, marker.path("seconds").asDouble(), texts(marker.path("settings")), changes, present);
    }
    return true;
  }

  /** Marks a stage as finished. */
  static void write(StageContext context, String stage, double seconds) throws IOException {
    Files.createDirectories(context.folder(stage));
    write(file(context.config(), stage), stage, seconds, settings(context.config(), stage), changes(context.folder(stage)), Map.of());
  }

  private static void write(Path file, String stage, double seconds, Map<String, String> settings, List<String> changes,
      Map<String, String> accepted) throws IOException {
    Map<String, Object> marker = new LinkedHashMap<>();
    marker.put("stage", stage);
    marker.put("seconds", seconds);
    marker.put("settings", new TreeMap<>(settings));
    if (!changes.isEmpty()) marker.put("changes", changes);
    if (!accepted.isEmpty()) marker.put("accepted", new TreeMap<>(accepted));
    AtomicFiles.writeString(file, Json.writePretty(marker));
  }

  /** What the settings of a stage are compared by: its part of the configuration, and the code. */
  static Map<String, String> settings(PipelineConfig config, String stage) {
    Map<String, String> all = new TreeMap<>(Pipeline.settings(config, stage));
    all.put("code", CodeVersion.present());
    return all;
  }

  /** What the stage's last checkpoint says was changed on the way: it was verified when it was written, moments ago. */
  private static List<String> changes(Path folder) throws IOException {
    Path checkpoints = folder.resolve(Training.CHECKPOINTS);
    List<Long> steps = new CheckpointStore(checkpoints, 1).steps();
    if (steps.isEmpty()) return List.of();
    return list(Json.read(checkpoints.resolve("step_" + steps.get(0)).resolve("state.json")).path("changes"));
  }

  static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    object.properties().forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
    return texts;
  }

  private static List<String> list(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}

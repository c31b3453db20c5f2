package io.llama3v.train.stage;

import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.ConfigChanges;
import io.llama3v.train.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far a stage has come, by what is in its folder, and whether the next run goes on there. Settings and code are compared, as a run
 * would; not the seed of a stage, its data, and what it does not train, which take opening, nor the bytes of a checkpoint.
 *
 * @param text    in a few words
 * @param refused what changed since and may not have, a line each; empty where a run goes on
 */
record StageProgress(String text, List<String> refused) {
  /** What a checkpoint compares and a configuration does not say in so many words. */
  private static final Set<String> FOUND_BY_RUNNING = Set.of("stage", "seed", "accumulate", "frozen_weights", "data");

  StageProgress {
    refused = List.copyOf(refused);
  }

  /**
   * Looks.
   *
   * @param again whether the stage is carried out though it is done
   * @param allowed settings that may have changed
   */
  static StageProgress of(PipelineConfig config, String stage, boolean again, Set<String> allowed) throws IOException {
    if (!again && isDone(config, stage)) return done(config, stage, allowed);
    List<String> parts = parts(config, stage);
    int done = 0;
    for (String part : parts) {
      if (!part.equals(stage) && isDone(config, part)) {
        StageProgress finished = done(config, part, allowed);
        if (!finished.refused.isEmpty()) return finished;
        done++;
        continue;
      }
      List<Long> steps = new CheckpointStore(config.run().resolve(part).resolve(Training.CHECKPOINTS), 1).steps();
      if (!steps.isEmpty()) return begun(config, stage, part, done == 0 ? "" : done + " of " + parts.size() + " parts done; ", steps.get(0), allowed);
    }
    return new StageProgress(done == 0 ? "not begun" : done + " of " + parts.size() + " parts done", List.of());
  }

  private static boolean isDone(PipelineConfig config, String stage) {
    return Files.exists(DoneMarker.file(config, stage));
  }

  private static StageProgress done(PipelineConfig config, String stage, Set<String> allowed) throws IOException {
    Set<String> done = config.stages().stream().filter(each -> isDone(config, each)).collect(Collectors.toSet());
    Optional<String> lost = EarlierResults.lost(config, stage, done);
    if (lost.isPresent()) {
      return new StageProgress("REFUSED: done, and what it was built on is not", List.of("stage '" + lost.get() + "' is to be carried out again"));
    }
    List<String> refused = DoneMarker.refused(config, stage, allowed);
    if (!DoneMarker.repeated(config, stage).isEmpty()) return new StageProgress("done under other settings, is carried out again", List.of());
    return new StageProgress(refused.isEmpty() ? "done" : "REFUSED: " + stage + " finished under other settings", refused);
  }

  private static StageProgress begun(PipelineConfig config, String stage, String part, String before, long step, Set<String> allowed)
      throws IOException {
    Path state = config.run().resolve(part).resolve(Training.CHECKPOINTS).resolve("step_" + step).resolve("state.json");
    String where = (part.equals(stage) ? "" : part + " ") + "goes on from step " + step;
    if (!Files.isRegularFile(state)) {
      return new StageProgress("REFUSED: the newest checkpoint is damaged", List.of(state + " is missing; --resume=auto falls back to the one before"));
    }
    Map<String, String> was = DoneMarker.texts(Json.read(state).path("config"));
    Map<String, String> now = DoneMarker.settings(config, part);
    was.keySet().removeAll(FOUND_BY_RUNNING);
    now.keySet().removeAll(FOUND_BY_RUNNING);
    List<String> refused = ConfigChanges.between(was, now, allowed);
    return new StageProgress(refused.isEmpty() ? before + where : "REFUSED: " + part + " stopped at step " + step + " under other settings", refused);
  }

  /** What a stage is made of: the stretches between changes of the tile size, of every trial of a sweep; mostly the stage itself. */
  private static List<String> parts(PipelineConfig config, String stage) {
    List<String> parts = new ArrayList<>();
    switch (stage) {
      case "adapter" -> add(parts, VlmPlan.adapter(config));
      case "annealing" -> add(parts, VlmPlan.annealing(config));
      case "sft" -> {
        for (Trial trial : config.sft().trials(config.seed())) {
          String name = stage + "/" + trial.name();
          if (isDone(config, name)) parts.add(name);
          else add(parts, VlmPlan.sft(config, name, config.sft().training(), trial.share(), trial.seed()));
        }
      }
      default -> parts.add(stage);
    }
    return parts;
  }

  private static void add(List<String> parts, VlmPlan plan) {
    plan.phases().forEach(phase -> parts.add(phase.stage()));
  }
}

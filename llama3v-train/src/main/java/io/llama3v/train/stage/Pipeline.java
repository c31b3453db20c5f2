package io.llama3v.train.stage;

import io.llama3v.backend.Backend;
import io.llama3v.backend.profile.ProfilingBackend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.CheckpointException;
import io.llama3v.train.checkpoint.RunLock;
import io.llama3v.train.report.HtmlReport;
import io.llama3v.train.report.ReportData;
import io.llama3v.train.report.RunFiles;
import io.llama3v.train.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs stages in order. A finished stage leaves {@code done.json} with the settings it ran under; the next call begins at the
 * first stage that has none. Settings that changed for a finished stage are refused, field by field, unless the {@link RunSession}
 * allows them.
 */
public final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  private final PipelineConfig config;
  private final Map<String, Stage> stages = new LinkedHashMap<>();
  private final List<StageListener> listeners = new ArrayList<>();
  private RunSession session = RunSession.strict();
  private String only;

  private Pipeline(PipelineConfig config) {
    this.config = config;
    for (String name : config.stages()) stages.put(name, Stages.get(name));
  }

  /** The stages of a configuration. */
  public static Pipeline of(PipelineConfig config) {
    return new Pipeline(config);
  }

  /**
   * Runs one stage only, finished or not.
   *
   * @throws IllegalArgumentException if there is no such stage
   */
  public Pipeline only(String stage) {
    if (!stages.containsKey(stage)) {
      throw new IllegalArgumentException("stage '" + stage + "' is not among the configuration's stages " + stages.keySet());
    }
    only = stage;
    return this;
  }

  /**
   * Adds a stage of one's own after those there are.
   *
   * @param name of the stage and of its folder in the run
   * @throws IllegalArgumentException if there is a stage of that name
   */
  public Pipeline add(String name, Stage stage) {
    if (Stages.NAMES.contains(name) || stages.putIfAbsent(name, stage) != null) {
      throw new IllegalArgumentException("there is a stage '" + name + "' already; choose another name");
    }
    return this;
  }

  /** How this process takes up the run; {@link RunSession#strict} unless changed. */
  public Pipeline session(RunSession value) {
    session = value;
    return this;
  }

  /** Tells a listener what happens. */
  public Pipeline listen(StageListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Runs the stages.
   *
   * @throws IllegalArgumentException if the configuration lacks the section of a stage that it lists
   * @throws IllegalStateException if a stage builds on the result of another one that is not there
   * @throws TrainingStoppedException if the session's signal asked to stop
   */
  public void run() throws IOException {
    config.requireSections();
    Files.createDirectories(config.run());
    try (RunLock held = RunLock.acquire(config.run()); Backend backend = Backend.named(config.backend())) {
      StageListener listener = new Listeners(List.copyOf(listeners));
      StageContext context = new StageContext(config, backend, session, listener);
      // What is refused is refused before the run's description is replaced, and before hours of training.
      Set<String> done = only == null ? done(context) : Set.of();
      Path description = config.run().resolve(RunFiles.CONFIG);
      String before = Files.exists(description) ? Files.readString(description) : null;
      AtomicFiles.writeString(description, ConfigLoader.effective(config));
      RunFiles.writeJson(config.run().resolve(RunFiles.PROVENANCE), Provenance.of(config, backend));
      for (String stage : stages.keySet()) {
        if (only != null && !only.equals(stage)) continue;
        if (done.contains(stage)) {
          LOG.info("stage {} is done", stage);
          continue;
        }
        if (session.stop().requested()) throw new TrainingStoppedException(stage);
        LOG.info("stage {} begins", stage);
        if (Stages.NAMES.contains(stage)) EarlierResults.require(config, stage);
        listener.begins(stage);
        long start = System.nanoTime();
        try {
          stages.get(stage).run(context);
        } catch (CheckpointException refused) {
          // Nothing was done under the new settings: the run is still what it was.
          if (before != null) AtomicFiles.writeString(description, before);
          throw refused;
        }
        before = null;
        if (backend instanceof ProfilingBackend profiling) profiling.report("stage " + stage);
        backend.trim();
        double seconds = (System.nanoTime() - start) / 1e9;
        markDone(context, stage, seconds);
        timings(context, stages.keySet());
        listener.ends(stage, seconds);
        LOG.info("stage {} took {} s", stage, Math.round(seconds));
      }
      HtmlReport.write(config.run());
    }
  }

  /**
   * The stages that have finished.
   *
   * @throws IllegalStateException if one finished under settings that may not have changed, or one that it was built on has not
   */
  private Set<String> done(StageContext context) throws IOException {
    Set<String> done = new LinkedHashSet<>();
    for (String stage : stages.keySet()) if (isDone(context, stage)) done.add(stage);
    for (String stage : done) {
      Optional<String> lost = EarlierResults.lost(config, stage, done);
      if (lost.isEmpty()) continue;
      throw new IllegalStateException("stage '" + stage + "' in " + config.run() + " is done, and stage '" + lost.get()
          + "', which it was built on, is to be carried out again. Delete " + context.folder(stage) + " too, and what was built on it");
    }
    return done;
  }

  /**
   * True if a stage has finished under the present settings.
   *
   * @throws IllegalStateException if it finished under other ones that may not have changed
   */
  static boolean isDone(StageContext context, String stage) throws IOException {
    return DoneMarker.isDone(context, stage);
  }

  static void markDone(StageContext context, String stage, double seconds) throws IOException {
    DoneMarker.write(context, stage, seconds);
  }

  /** Tells the report how long each finished stage took. */
  private static void timings(StageContext context, Iterable<String> stages) throws IOException {
    List<ReportData.Stage> finished = new ArrayList<>();
    for (String stage : stages) {
      Path marker = DoneMarker.file(context.config(), stage);
      if (!Files.exists(marker)) continue;
      int steps = steps(context.config(), stage);
      finished.add(new ReportData.Stage(stage, ReportData.Stage.Status.DONE, steps, steps, Json.read(marker).path("seconds").asDouble(), ""));
    }
    RunFiles.writeJson(context.config().run().resolve(RunFiles.STAGES), finished);
  }

  /** Optimiser steps of a stage, over all its runs; 0 where nothing is trained. */
  private static int steps(PipelineConfig config, String stage) {
    TrainingConfig training = config.training(stage);
    if (training == null) return 0;
    return stage.equals("sft") ? training.steps() * config.sft().trials(config.seed()).size() : training.steps();
  }

  /** What a stage's result depends on in the configuration: its own section, and the seed. */
  static Map<String, String> settings(PipelineConfig config, String stage) {
    // sft/run-1 and annealing/phase-2 are parts of their stage.
    String section = stage.split("/")[0].replace('-', '_') + ".";
    boolean trial = stage.startsWith("sft/");
    Map<String, String> own = new TreeMap<>();
    ConfigLoader.flatten(config).forEach((key, value) -> {
      // A run of a sweep does not depend on the other runs, nor on what is made of them.
      if (trial && key.matches("sft\\.(runs|sweep|soup|validation)(\\..*)?")) return;
      if (key.equals("seed") || key.startsWith(section)) own.put(key, String.valueOf(value));
    });
    if (trial) {
      String name = stage.split("/")[1];
      for (Trial each : config.sft().trials(config.seed())) if (each.name().equals(name)) own.put("sft." + name, each.toString());
    }
    return own;
  }
}

package io.llama3v.train.stage;

import io.llama3v.backend.Backend;
import io.llama3v.backend.profile.ProfilingBackend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.RunLock;
import io.llama3v.train.report.HtmlReport;
import io.llama3v.train.report.ReportData;
import io.llama3v.train.report.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private Pipeline() {}

  /** Runs every stage that is not finished. */
  public static void run(PipelineConfig config) throws IOException {
    run(config, null, RunSession.strict());
  }

  /**
   * Runs one stage, finished or not; null: every stage that is not finished.
   *
   * @throws IllegalArgumentException if the configuration lists no such stage, or lacks the section of one that it lists
   * @throws TrainingStoppedException if the session's signal asked to stop
   */
  public static void run(PipelineConfig config, String only, RunSession session) throws IOException {
    if (only != null && !config.stages().contains(only)) {
      throw new IllegalArgumentException("stage '" + only + "' is not among the configuration's stages " + config.stages());
    }
    config.requireSections();
    Files.createDirectories(config.run());
    try (RunLock held = RunLock.acquire(config.run()); Backend backend = Backend.named(config.backend())) {
      AtomicFiles.writeString(config.run().resolve("config.yaml"), ConfigLoader.effective(config));
      StageContext context = new StageContext(config, backend, session);
      RunFiles.writeJson(config.run().resolve(RunFiles.PROVENANCE), Provenance.of(config, backend));
      for (String stage : config.stages()) {
        if (only != null && !only.equals(stage)) continue;
        if (only == null && isDone(context, stage)) {
          LOG.info("stage {} is done", stage);
          continue;
        }
        LOG.info("stage {} begins", stage);
        long start = System.nanoTime();
        Stages.get(stage).run(context);
        if (backend instanceof ProfilingBackend profiling) profiling.report("stage " + stage);
        backend.trim();
        double seconds = (System.nanoTime() - start) / 1e9;
        markDone(context, stage, seconds);
        timings(context);
        LOG.info("stage {} took {} s", stage, Math.round(seconds));
      }
      HtmlReport.write(config.run());
    }
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
  private static void timings(StageContext context) throws IOException {
    List<ReportData.Stage> finished = new ArrayList<>();
    for (String stage : context.config().stages()) {
      Path marker = DoneMarker.file(context, stage);
      if (!Files.exists(marker)) continue;
      int steps = steps(context.config(), stage);
      finished.add(new ReportData.Stage(stage, ReportData.Stage.Status.DONE, steps, steps, Json.read(marker).path("seconds").asDouble(), ""));
    }
    RunFiles.writeJson(context.config().run().resolve(RunFiles.STAGES), finished);
  }

  /** Optimiser steps of a stage, over all its runs; 0 where nothing is trained. */
  private static int steps(PipelineConfig config, String stage) {
    TrainingConfig training = switch (stage) {
      case "language-model" -> config.languageModel().training();
      case "clip" -> config.clip().training();
      case "adapter" -> config.adapter().training();
      case "annealing" -> config.annealing().training();
      case "sft" -> config.sft().training();
      default -> null;
    };
    if (training == null) return 0;
    return stage.equals("sft") ? training.steps() * config.sft().trials(config.seed()).size() : training.steps();
  }

  /** What a stage's result depends on in the configuration: its own section, and the seed. */
  static Map<String, String> settings(PipelineConfig config, String stage) {
    // sft/run-1 and annealing/phase-2 are parts of their stage.
    String section = stage.split("/")[0].replace('-', '_') + ".";
    Map<String, String> own = new TreeMap<>();
    ConfigLoader.flatten(config).forEach((key, value) -> {
      if (key.equals("seed") || key.startsWith(section)) own.put(key, String.valueOf(value));
    });
    return own;
  }
}

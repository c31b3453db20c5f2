package io.llama3v.data.curate.spark;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.engine.CurationJob;
import io.llama3v.data.curate.engine.EngineException;
import io.llama3v.data.curate.engine.Phase;
import io.llama3v.data.curate.input.InputConfig;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A run as an executor sees it. Broadcast, so that all tasks of an executor share one, and with it one set of models.
 */
final class Worker implements Serializable {
  private static final long serialVersionUID = 1;
  private final String config;
  private final String run;
  private final String folder;
  private final boolean relative;
  private final String fingerprint;
  private final StepFactory steps;
  private transient CurationJob job;

  /** Of the driver's job. */
  Worker(CurationJob job, StepFactory steps) {
    CurationConfig driver = job.config();
    this.config = ConfigLoader.effective(driver);
    this.run = driver.run().toString();
    this.folder = workingFolder();
    this.relative = !driver.run().isAbsolute() || driver.inputs().stream().map(InputConfig::shards).anyMatch(p -> !Path.of(p).isAbsolute());
    this.fingerprint = job.fingerprint();
    this.steps = steps;
  }

  private static String workingFolder() {
    return Path.of("").toAbsolutePath().toString();
  }

  /** Takes the driver's own job for what runs in the driver. */
  synchronized void adopt(CurationJob own) {
    job = own;
  }

  /** Runs one task, unless its file is there. */
  void run(Phase phase, int task, byte[] result) throws IOException {
    CurationJob own = job();
    try {
      if (result != null) {
        own.result(phase.pass() - 1, result);
      }
      own.run(phase, task);
    } catch (IOException | RuntimeException | LinkageError e) {
      throw new EngineException(own.describe(phase, task) + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()), e);
    }
  }

  /** Parts of some shards as one. */
  byte[] combine(int pass, List<Integer> shards) throws IOException {
    return job().reduction(pass).combine(shards);
  }

  /** Two parts as one. */
  byte[] combine(int pass, byte[] one, byte[] other) throws IOException {
    return job().reduction(pass).combine(one, other);
  }

  private synchronized CurationJob job() throws IOException {
    if (job == null) {
      if (relative && !workingFolder().equals(folder)) {
        throw new EngineException("the configuration has relative paths, which start from " + folder + ", and an executor works in "
            + workingFolder() + "; write absolute paths, of storage that all machines see");
      }
      Path mark = Path.of(run).resolve("curation.yaml");
      if (!Files.isRegularFile(mark) || !Files.readString(mark).equals(config)) {
        throw new EngineException("an executor does not see the driver's files in " + run + "; the run's folder and the inputs must lie on "
            + "storage that all machines see under the same path");
      }
      CurationConfig same = ConfigLoader.parse(config, mark.toString(), CurationConfig.class, List.of());
      CurationJob made = new CurationJob(same, steps.create(same));
      if (!made.fingerprint().equals(fingerprint)) {
        made.close();
        throw new EngineException("an executor's steps or inputs are not the driver's: another version of a model, of a word list or of the "
            + "code, an input whose size or time of change differs there, or steps of one's own that the engine's StepFactory does not make");
      }
      job = made;
    }
    return job;
  }
}

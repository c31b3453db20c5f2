package io.llama3v.data.curate.engine;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.Steps;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.data.curate.ledger.LedgerWriter;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a curation: passes, ledger, curated shards, selection, funnel. Every part is a file that appears whole; a run that was killed goes on
 * with what is missing and ends with the same bytes. Settings that change redo what depends on them.
 */
public final class Curation {
  private static final Logger LOG = LoggerFactory.getLogger(Curation.class);
  private static final long LOG_EVERY = 10_000_000_000L;

  private Curation() {}

  /** Runs a configuration's steps on threads of this process. */
  public static Funnel run(CurationConfig config) throws IOException {
    try (Engine engine = new LocalEngine(config.threads())) {
      return run(config, Steps.create(config), engine);
    }
  }

  /**
   * Runs steps of one's own choice.
   *
   * @param steps in their order; closed at the end
   */
  public static Funnel run(CurationConfig config, List<Step<?>> steps, Engine engine) throws IOException {
    try (CurationJob job = job(config, steps);
        FileChannel lockFile = FileChannel.open(config.run().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(lockFile, config.run())) {
      return run(job, engine);
    }
  }

  private static CurationJob job(CurationConfig config, List<Step<?>> steps) throws IOException {
    try {
      Files.createDirectories(config.run());
      return new CurationJob(config, steps);
    } catch (IOException | RuntimeException failed) {
      steps.forEach(Step::close);
      throw failed;
    }
  }

  private static FileLock lock(FileChannel channel, Path run) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException here) {
      // reported below
    }
    throw new IOException(run + " is being curated by another process or thread; wait for it, or name another 'run' folder");
  }

  private static Funnel run(CurationJob job, Engine engine) throws IOException {
    CurationConfig config = job.config();
    RunFolder folder = job.folder();
    AtomicFiles.writeString(config.run().resolve("curation.yaml"), ConfigLoader.effective(config));
    folder.tidy(job.passFolders());
    LOG.info("{} shards, {} passes; engine: {}", job.shards().size(), job.passes().size(), engine.name());
    if (!LedgerWriter.writesParquet()) {
      LOG.warn("the ledger is written as JSONL only: com.jerolba:carpet-record is not on the class path");
    }
    for (Pass pass : job.passes()) {
      Files.createDirectories(folder.pass(pass));
      phase(job, engine, Phase.pass(pass.index()), job.shards().size(), "pass " + (pass.index() + 1) + ": " + pass.title());
      String times = job.clock().drain();
      if (!times.isEmpty()) {
        LOG.info("pass {}: threads spent {}", pass.index() + 1, times);
      }
      long start = System.nanoTime();
      if (pass.measures() != null) {
        engine.reduce(job, pass.index(), config.threads() > 0 ? config.threads() : Runtime.getRuntime().availableProcessors());
        LOG.info("{}: reduced in {}", pass.measures().name(), seconds(start));
      }
    }
    RunFolder.claim(folder.ledger(), job.fingerprint());
    phase(job, engine, new Phase(Phase.Kind.LEDGER, 0), job.shards().size(), "ledger");
    if (config.output().shards()) {
      RunFolder.claim(folder.shards(), job.fingerprint());
      phase(job, engine, new Phase(Phase.Kind.WRITE, 0), job.plan().shards(), "curated shards");
    }
    if (config.output().selection()) {
      SelectionTask.run(job);
    }
    Funnel funnel = new FunnelBuilder(job).build();
    AtomicFiles.writeString(folder.funnel(), Json.writePretty(funnel));
    return funnel;
  }

  private static void phase(CurationJob job, Engine engine, Phase phase, int count, String title) throws IOException {
    int there = 0;
    for (int task = 0; task < count; task++) {
      there += job.isDone(phase, task) ? 1 : 0;
    }
    if (there == count) {
      LOG.info("{}: {} shards, {}", title, count, count == 0 ? "nothing is kept" : "all there");
      return;
    }
    int before = there;
    long start = System.nanoTime();
    AtomicLong next = new AtomicLong(start + LOG_EVERY);
    engine.run(job, phase, count, (finished, of) -> {
      long due = next.get();
      if (finished == of || System.nanoTime() > due && next.compareAndSet(due, System.nanoTime() + LOG_EVERY)) {
        LOG.info("{}: {} of {} shards, {}{}", title, finished, of, seconds(start), before == 0 ? "" : "; " + before + " were there");
      }
    });
  }

  private static String seconds(long start) {
    return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - start) / 1e9);
  }
}

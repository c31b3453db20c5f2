package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.input.RawShard;
import io.llama3v.data.curate.input.RawShards;
import io.llama3v.data.curate.input.RawWalk;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One curation as a set of tasks, each a pure function of files to a file. Driver and workers each make one from the same configuration.
 * Safe for several threads.
 */
public final class CurationJob implements AutoCloseable {
  /** To be raised when files between passes, ledger or shards change their form. */
  private static final String FORMAT = "2";
  private static final int BATCH = 64;
  private static final long BATCH_BYTES = 32L << 20;
  private final CurationConfig config;
  private final List<RawShard> shards;
  private final List<Step<?>> steps;
  private final List<Pass> passes;
  private final RunFolder folder;
  private final PixelBudget budget = new PixelBudget(Runtime.getRuntime().maxMemory());
  private final Map<Integer, Object> results = new ConcurrentHashMap<>();
  private final StepClock clock = new StepClock();
  private final ShardPlan[] plan = new ShardPlan[1];

  /** @param steps closed with this job */
  public CurationJob(CurationConfig config, List<Step<?>> steps) throws IOException {
    this.config = config;
    this.steps = List.copyOf(steps);
    this.shards = RawShards.list(config.inputs());
    this.folder = new RunFolder(config.run());
    StringBuilder stamps = new StringBuilder(FORMAT + "\n" + config.inputs() + "\n");
    for (RawShard shard : shards) {
      stamps.append(RawShards.stamp(shard)).append('\n');
    }
    this.passes = Pass.plan(this.steps, Digests.sha256(stamps.toString()));
  }

  public CurationConfig config() {
    return config;
  }

  /** How many input shards there are. */
  public int shardCount() {
    return shards.size();
  }

  List<RawShard> shards() {
    return shards;
  }

  List<Step<?>> steps() {
    return steps;
  }

  List<Pass> passes() {
    return passes;
  }

  RunFolder folder() {
    return folder;
  }

  /** Time spent in this process. */
  StepClock clock() {
    return clock;
  }

  Pass last() {
    return passes.get(passes.size() - 1);
  }

  /** Names the curated shards' content: everything they depend on. Jobs of one run have the same, wherever they are made. */
  public String fingerprint() {
    return Digests.sha256(last().fingerprint() + config.output());
  }

  Set<Path> passFolders() {
    Set<Path> current = new TreeSet<>();
    passes.forEach(pass -> current.add(folder.pass(pass)));
    return current;
  }

  /** What a task works on, for messages: {@code pass 1 (read, rules) over raw-000003.tar}. */
  public String describe(Phase phase, int task) {
    return switch (phase.kind()) {
      case PASS -> "pass " + (phase.pass() + 1) + " (" + passes.get(phase.pass()).title() + ") over " + shards.get(task).file();
      case LEDGER -> "the ledger of " + shards.get(task).file();
      case WRITE -> "curated shard " + task;
    };
  }

  /** Whether a task's files are there, so that running it would do nothing. */
  public boolean isDone(Phase phase, int task) throws IOException {
    return switch (phase.kind()) {
      case PASS -> {
        Pass pass = passes.get(phase.pass());
        yield Files.exists(folder.records(pass, task)) && (pass.measures() == null || Files.exists(folder.part(pass, task)));
      }
      case LEDGER -> Files.exists(folder.tally(task)); // written last
      case WRITE -> Files.exists(folder.shard(config.output().name(), task));
    };
  }

  /** Runs one task, unless its files are there. */
  public void run(Phase phase, int task) throws IOException {
    if (isDone(phase, task)) {
      return;
    }
    switch (phase.kind()) {
      case PASS -> pass(passes.get(phase.pass()), task);
      case LEDGER -> new LedgerTask(this).run(task);
      case WRITE -> new WriteTask(this, plan()).run(task);
    }
  }

  private void pass(Pass pass, int shard) throws IOException {
    Path records = folder.records(pass, shard);
    if (!Files.exists(records)) {
      PassRunner runner = new PassRunner(pass, pass.decides() == null ? null : result(passes.get(pass.index() - 1)), clock);
      AtomicFiles.write(records, channel -> {
        OutputStream out = Channels.newOutputStream(channel);
        RecordFile.Writer writer = new RecordFile.Writer(out); // not closed: that would close the channel before it is forced
        if (pass.index() == 0) {
          first(pass, shard, runner, writer);
        } else {
          later(pass, shard, runner, writer);
        }
        writer.finish();
      });
    }
    if (pass.measures() != null) {
      long start = System.nanoTime();
      PassReduction.of(pass, folder, shards.size()).part(shard);
      clock.add(StepClock.WRITE, start);
    }
  }

  private void first(Pass pass, int shard, PassRunner runner, RecordFile.Writer writer) throws IOException {
    try (RawWalk walk = RawWalk.open(shards.get(shard)); Batch batch = new Batch(runner, writer)) {
      long start = System.nanoTime();
      for (CurationRecord record = walk.next(); record != null; record = walk.next()) {
        byte[] picture = pass.needsPictures() && record.kept() ? walk.picture() : null;
        clock.add(StepClock.READ, start);
        batch.add(new Candidate(record, picture));
        start = System.nanoTime();
      }
    }
  }

  private void later(Pass pass, int shard, PassRunner runner, RecordFile.Writer writer) throws IOException {
    try (RecordFile.Reader before = new RecordFile.Reader(folder.records(passes.get(pass.index() - 1), shard));
        RawWalk walk = pass.needsPictures() ? RawWalk.open(shards.get(shard)) : null; Batch batch = new Batch(runner, writer)) {
      long start = System.nanoTime();
      for (CurationRecord record = before.next(); record != null; record = before.next()) {
        byte[] picture = walk != null && record.kept() ? walk.seek(record.index(), record.key()).image() : null;
        clock.add(StepClock.READ, start);
        batch.add(new Candidate(record, picture));
        start = System.nanoTime();
      }
    }
  }

  /** The reduction that ends a pass, or null if the pass ends without one. */
  public PassReduction<?, ?> reduction(int pass) {
    return passes.get(pass).measures() == null ? null : PassReduction.of(passes.get(pass), folder, shards.size());
  }

  /** Takes the result of a pass's reduction from these bytes, which its file holds too, so that not every worker need read that. */
  public void result(int pass, byte[] bytes) throws IOException {
    synchronized (results) {
      if (!results.containsKey(pass)) {
        results.clear();
        results.put(pass, reduction(pass).result(bytes));
      }
    }
  }

  private Object result(Pass pass) throws IOException {
    synchronized (results) {
      Object result = results.get(pass.index());
      if (result == null) {
        results.clear(); // only the pass that runs needs one
        result = reduction(pass.index()).result();
        results.put(pass.index(), result);
      }
      return result;
    }
  }

  ShardPlan plan() throws IOException {
    synchronized (plan) {
      if (plan[0] == null) {
        plan[0] = ShardPlan.of(this);
      }
      return plan[0];
    }
  }

  @Override
  public void close() {
    steps.forEach(Step::close);
  }

  /** Collects neighbours until there are enough, or their pictures take enough memory, whichever machine this is. */
  private final class Batch implements AutoCloseable {
    private final PassRunner runner;
    private final RecordFile.Writer writer;
    private final List<Candidate> waiting = new ArrayList<>();
    private long bytes;
    private boolean failed;

    Batch(PassRunner runner, RecordFile.Writer writer) {
      this.runner = runner;
      this.writer = writer;
    }

    void add(Candidate candidate) throws IOException {
      long own = candidate.hasBytes() ? candidate.record().picture().bytes() + 3 * candidate.record().picture().pixels() : 0;
      if (!waiting.isEmpty() && (waiting.size() == BATCH || bytes + own > BATCH_BYTES)) {
        flush();
      }
      waiting.add(candidate);
      bytes += own;
    }

    private void flush() throws IOException {
      long largest = 0;
      for (Candidate candidate : waiting) {
        largest = Math.max(largest, candidate.hasBytes() ? candidate.record().picture().pixels() : 0);
      }
      int held = bytes == 0 ? 0 : budget.acquire(bytes + 4 * largest); // a decoder's own copy has four bytes a pixel
      failed = true;
      try {
        List<CurationRecord> done = runner.run(waiting);
        long start = System.nanoTime();
        for (CurationRecord record : done) {
          writer.write(record);
        }
        clock.add(StepClock.WRITE, start);
        failed = false;
      } finally {
        waiting.clear();
        bytes = 0;
        budget.release(held);
      }
    }

    @Override
    public void close() throws IOException {
      if (!failed && !waiting.isEmpty()) {
        flush();
      }
    }
  }
}

package io.llama3v.data.curate.spark;

import io.llama3v.data.curate.Steps;
import io.llama3v.data.curate.engine.CurationJob;
import io.llama3v.data.curate.engine.Engine;
import io.llama3v.data.curate.engine.EngineException;
import io.llama3v.data.curate.engine.EngineOptions;
import io.llama3v.data.curate.engine.PassReduction;
import io.llama3v.data.curate.engine.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Executors of an Apache Spark cluster. Shards are mapped where executors have time; parts are combined by tree aggregation where a step
 * allows it, and else walked by the driver; results are broadcast. One engine runs one curation after the other. The files are those of
 * the local engine, byte for byte.
 */
public final class SparkEngine implements Engine {
  /** Results up to this many bytes are broadcast; larger ones are read from the run's folder by each executor. */
  private static final long BROADCAST_BYTES = 256L << 20;
  private static final int MOST_PARTITIONS = 100_000;
  private static final int TREE_DEPTH = 2;
  private final JavaSparkContext context;
  private final boolean owned;
  private final int partitions;
  private final StepFactory steps;
  private Broadcast<Worker> worker;
  private CurationJob current;

  private SparkEngine(JavaSparkContext context, boolean owned, int partitions, StepFactory steps) {
    this.context = context;
    this.owned = owned;
    this.partitions = partitions;
    this.steps = steps;
  }

  /** Starts Spark in this process as the driver; closing the engine stops it. */
  static SparkEngine start(EngineOptions options) throws EngineException {
    return new SparkEngine(SparkStart.context(options), true, options.partitions(), Steps::create);
  }

  /**
   * An engine on a context that stays open.
   *
   * @param partitions into how many pieces the shards of a phase are cut; 0 for one a shard
   * @param steps      makes what the driver passes to {@link io.llama3v.data.curate.engine.Curation#run}, for the executors;
   *     {@code Steps::create} for the steps of a configuration
   */
  public static SparkEngine on(JavaSparkContext context, int partitions, StepFactory steps) {
    return new SparkEngine(context, false, partitions, steps);
  }

  @Override
  public String name() {
    return "Apache Spark " + context.version() + " at " + context.master();
  }

  @Override
  public void run(CurationJob job, Phase phase, int count, Progress progress) throws IOException {
    if (count == 0) {
      return;
    }
    Broadcast<Worker> workers = worker(job);
    Broadcast<byte[]> result = result(job, phase);
    LongAccumulator done = context.sc().longAccumulator();
    TaskEnds ends = new TaskEnds(() -> progress.done((int) Math.min(done.value(), count - 1L), count));
    context.sc().addSparkListener(ends);
    try {
      numbers(count).foreach(task -> {
        workers.value().run(phase, task, result == null ? null : result.value());
        done.add(1);
      });
    } catch (Exception e) { // Scala throws SparkException without declaring it
      throw failure(e);
    } finally {
      context.sc().removeSparkListener(ends);
      if (result != null) {
        result.destroy();
      }
    }
    progress.done(count, count);
  }

  @Override
  public void reduce(CurationJob job, int pass, int threads) throws IOException {
    PassReduction<?, ?> reduction = job.reduction(pass);
    if (Files.exists(reduction.file())) {
      return;
    }
    if (!reduction.combines()) {
      reduction.reduce(threads);
      return;
    }
    Broadcast<Worker> workers = worker(job);
    byte[] all;
    try {
      all = numbers(job.shardCount()).mapPartitions(tasks -> combined(workers.value(), pass, tasks))
          .treeReduce((one, other) -> workers.value().combine(pass, one, other), TREE_DEPTH);
    } catch (Exception e) { // Scala throws SparkException without declaring it
      throw failure(e);
    }
    reduction.reduce(all, threads);
  }

  private static Iterator<byte[]> combined(Worker worker, int pass, Iterator<Integer> tasks) throws IOException {
    List<Integer> shards = new ArrayList<>();
    tasks.forEachRemaining(shards::add);
    return shards.isEmpty() ? List.<byte[]>of().iterator() : List.of(worker.combine(pass, shards)).iterator();
  }

  private JavaRDD<Integer> numbers(int count) {
    int pieces = Math.min(count, partitions > 0 ? partitions : MOST_PARTITIONS);
    return context.parallelize(IntStream.range(0, count).boxed().toList(), pieces);
  }

  private Broadcast<Worker> worker(CurationJob job) {
    if (current != job) {
      forget();
      Worker shared = new Worker(job, steps);
      worker = context.broadcast(shared);
      shared.adopt(job); // after that: Spark measures what it broadcasts, and a job may hold models
      current = job;
    }
    return worker;
  }

  /** What the pass before this one found out, if it is small enough to be carried around. */
  private Broadcast<byte[]> result(CurationJob job, Phase phase) throws IOException {
    if (phase.kind() != Phase.Kind.PASS || phase.pass() == 0) {
      return null;
    }
    Path file = job.reduction(phase.pass() - 1).file();
    return Files.size(file) > BROADCAST_BYTES ? null : context.broadcast(Files.readAllBytes(file));
  }

  private static EngineException failure(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EngineException ours) {
        return new EngineException(ours.getMessage(), e);
      }
    }
    String first = e instanceof SparkException && e.getMessage() != null ? e.getMessage().lines().findFirst().orElse("") : e.toString();
    return new EngineException("Spark could not finish: " + first + " (executors write their messages to stderr in their own folders)", e);
  }

  private void forget() {
    if (worker != null) {
      worker.destroy();
      worker = null;
      current = null;
    }
  }

  @Override
  public void close() {
    if (owned) {
      context.close();
    } else {
      forget();
    }
  }
}

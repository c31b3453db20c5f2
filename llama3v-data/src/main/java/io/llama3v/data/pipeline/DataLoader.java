package io.llama3v.data.pipeline;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * An endless stream of batches, prepared ahead by worker threads. What stands at a position depends on the seed alone
 * ({@link SampleOrder}), not on the number of workers, and {@link #seek} goes to any position at once: saving
 * {@link #position()} is all that resuming needs.
 *
 * <p>A sample that cannot be read, or whose function throws, is counted and replaced by the next one of its source that
 * works: also a pure function of the position, and all other places stay as they are. {@link Builder#onBad} can stop there instead, or
 * write down what was bad.
 *
 * <p>With {@code worldSize} loaders of one seed, loader {@code rank} gets every {@code worldSize}-th slice of
 * {@code batchSize} places; together they read the stream of one loader with the whole batch. Positions count places of
 * that global stream.
 *
 * <p>One consumer thread. Close it to end the workers; sources that were given stay open.
 */
public final class DataLoader<T> implements AutoCloseable {
  private static final int MAX_REPLACEMENTS = 1000;
  private static final int BAD_GRACE = 100;
  private final List<SampleSource> sources;
  private final PositionedFunction<? extends T> function;
  private final double[] weights;
  private final PlaceOrder order;
  private final int batchSize;
  private final int ahead;
  private final int rank;
  private final int worldSize;
  private final double maxBadFraction;
  private final BadSamplePolicy policy;
  private final Quarantine quarantine;
  private final ExecutorService workers;
  private final List<AutoCloseable> owned;
  private final ArrayDeque<Future<Outcome<T>>> queue = new ArrayDeque<>();
  private final BadSamples bad = new BadSamples();
  private final List<String> keys = new ArrayList<>();
  private long consumed; // places of this loader's own stream
  private long submitted;
  private long delivered;
  private long waitNanos;
  private boolean closed;

  private record Failure(String sample, Throwable cause) {}

  private record Outcome<T>(String key, T value, Failure failure) {}

  private DataLoader(Builder<T> b) {
    sources = List.copyOf(b.sources);
    function = b.function;
    weights = new double[sources.size()];
    long[] sizes = new long[weights.length];
    for (int s = 0; s < sizes.length; s++) {
      weights[s] = b.weights.get(s);
      sizes[s] = sources.get(s).size();
      if (sizes[s] == 0) {
        throw new IllegalArgumentException(sources.get(s).describe() + " holds no samples");
      }
    }
    order = b.mixture == null ? new SampleOrder(sizes, weights, b.seed, b.epochs)
        : new ScheduledOrder(sizes, b.mixture, b.placesPerStep, b.steps, b.seed, b.epochs);
    batchSize = b.batchSize;
    ahead = b.batchSize * b.prefetch;
    rank = b.rank;
    worldSize = b.worldSize;
    maxBadFraction = b.maxBadFraction;
    policy = b.policy;
    quarantine = b.quarantine == null ? null : new Quarantine(b.quarantine);
    owned = List.copyOf(b.owned);
    workers = Executors.newFixedThreadPool(b.workers, task -> {
      Thread thread = new Thread(task, "data-loader");
      thread.setDaemon(true);
      return thread;
    });
  }

  /** A loader over one source; {@link Builder#mix} adds more. */
  public static <T> Builder<T> over(SampleSource source, SampleFunction<T> function) {
    return over(source, (sample, position) -> function.apply(sample));
  }

  /** The same with a function that is told the position, so that it can vary a picture differently each time it comes by. */
  public static <T> Builder<T> over(SampleSource source, PositionedFunction<T> function) {
    return new Builder<T>(function).mix(source, 1);
  }

  /**
   * A loader of undecoded samples from what {@link SampleSources} opens: shards, JSONL files, selections of shards. It closes them with
   * itself, so build one loader of it.
   */
  public static Builder<Sample> open(String pattern) throws IOException {
    OpenSource source = SampleSources.open(pattern);
    Builder<Sample> builder = over(source, sample -> sample);
    builder.owned.add(source);
    return builder;
  }

  /** As {@link #open(String)}, for a pattern without glob characters that some systems forbid in paths. */
  public static Builder<Sample> open(Path pattern) throws IOException {
    return open(pattern.toString());
  }

  /** The next batch, of exactly the batch size. */
  public List<T> next() {
    if (closed) {
      throw new IllegalStateException("this loader is closed");
    }
    List<T> batch = new ArrayList<>(batchSize);
    keys.clear();
    for (int i = 0; i < batchSize; i++) {
      fill();
      batch.add(take());
      consumed++;
    }
    fill(); // the workers go on while the consumer computes
    return batch;
  }

  /** Places of the global stream consumed so far, a multiple of batchSize · worldSize. */
  public long position() {
    return consumed * worldSize;
  }

  /**
   * Continues at a position that {@link #position()} returned, from this or another run with the same seed and sources.
   * Takes the same short time for every position.
   */
  public void seek(long position) {
    long global = (long) batchSize * worldSize;
    if (position < 0 || position % global != 0) {
      throw new IllegalArgumentException("position " + position + " is no multiple of the global batch, " + global);
    }
    queue.forEach(future -> future.cancel(false));
    queue.clear();
    consumed = position / worldSize;
    submitted = consumed;
  }

  /** Position and counts, to go on with in another session: see {@link #restore}. */
  public LoaderState state() {
    return new LoaderState(position(), delivered, bad.byReason());
  }

  /**
   * Continues where {@link #state()} was taken, counts of bad samples included. Like {@link #seek}, it reads nothing again.
   *
   * @throws IllegalArgumentException if the position is no multiple of the global batch
   */
  public void restore(LoaderState state) {
    seek(state.position());
    delivered = state.delivered();
    bad.restore(state.bad());
  }

  /** Keys of the samples that the last {@link #next()} delivered, in order; of a replaced one, the replacement's. */
  public List<String> keys() {
    return List.copyOf(keys);
  }

  /**
   * What the loader reads, in a few characters: {@link SampleSource#fingerprint} of every source, and their shares. A run that is
   * to go on exactly must find the same.
   */
  public String fingerprint() throws IOException {
    if (sources.size() == 1) return sources.get(0).fingerprint();
    MessageDigest digest = Digests.sha256();
    for (int s = 0; s < sources.size(); s++) {
      digest.update((sources.get(s).fingerprint() + " x " + weights[s] + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return Digests.hex(digest);
  }

  /** Batches in one pass over the first source, a last partial one included. */
  public long batchesPerEpoch() {
    long global = (long) batchSize * worldSize;
    return (sources.get(0).size() + global - 1) / global;
  }

  /** Time that {@link #next()} spent waiting for workers, in nanoseconds, since the loader was made. */
  public long waitNanos() {
    return waitNanos;
  }

  /** What was bad so far, sessions before a {@link #restore} included. */
  public BadSamples badSamples() {
    return bad;
  }

  private void fill() {
    while (submitted - consumed < ahead) {
      long place = place(submitted++);
      queue.add(workers.submit(() -> produce(place)));
    }
  }

  /** Where a place of this loader's own stream is in the global one. */
  private long place(long own) {
    return own / batchSize * batchSize * worldSize + (long) rank * batchSize + own % batchSize;
  }

  private T take() {
    Future<Outcome<T>> future = queue.remove();
    try {
      Outcome<T> outcome;
      if (future.isDone()) {
        outcome = future.get();
      } else {
        long start = System.nanoTime();
        outcome = future.get();
        waitNanos += System.nanoTime() - start;
      }
      delivered++;
      keys.add(outcome.key());
      if (outcome.failure() != null) {
        bad.add(outcome.failure().sample(), outcome.failure().cause());
        judge(outcome.failure());
        if (delivered > BAD_GRACE && bad.count() > maxBadFraction * delivered) {
          throw new TooManyBadSamplesException(bad.count() + " of " + delivered
              + " samples are bad, more than the allowed fraction of " + maxBadFraction + ": " + bad.byReason(),
              bad.examples());
        }
      }
      return outcome.value();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a sample", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause(); // produce throws nothing else
    }
  }

  private void judge(Failure failure) {
    if (policy == BadSamplePolicy.RAISE) {
      TooManyBadSamplesException stop = new TooManyBadSamplesException("a sample is bad, and the loader was told to stop at the first",
          bad.examples());
      stop.initCause(failure.cause());
      throw stop;
    }
    if (quarantine != null) {
      quarantine.add(place(consumed), failure.sample(), failure.cause());
    }
  }

  private Outcome<T> produce(long place) {
    SampleOrder.Pick pick = order.at(place);
    SampleSource source = sources.get(pick.source());
    long size = source.size();
    Failure first = null;
    List<String> tried = new ArrayList<>();
    for (long k = 0; k < Math.min(size, MAX_REPLACEMENTS); k++) {
      long index = (pick.index() + k) % size;
      String name = source.describe() + "[" + index + "]";
      try {
        Sample sample = source.read(index);
        name = name + " '" + sample.key() + "'";
        return new Outcome<>(sample.key(), function.apply(sample, place), first);
      } catch (Exception e) {
        first = first == null ? new Failure(name, e) : first;
        tried.add(name + ": " + e);
      }
    }
    throw new TooManyBadSamplesException(tried.size() + " samples in a row are bad in " + source.describe(), tried);
  }

  /** Ends the workers after what they are doing now. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    queue.forEach(future -> future.cancel(false));
    queue.clear();
    workers.shutdown(); // no interrupt: it would close the shards' channels under other readers
    try {
      if (!workers.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a data worker did not end within 30 s");
      }
      for (AutoCloseable source : owned) {
        source.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e); // sources throw nothing else
    }
  }

  /** Settings of a loader. */
  public static final class Builder<T> {
    private final PositionedFunction<? extends T> function;
    private final List<SampleSource> sources = new ArrayList<>();
    private final List<Double> weights = new ArrayList<>();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private long seed;
    private int batchSize = 1;
    private int workers = 1;
    private int prefetch = 2;
    private int rank;
    private int worldSize = 1;
    private EpochOrder epochs = EpochOrder.GLOBAL;
    private BadSamplePolicy policy = BadSamplePolicy.SKIP;
    private Path quarantine;
    private ScheduledOrder.Mixture mixture;
    private int placesPerStep;
    private int steps;
    private double maxBadFraction = 0.1;

    private Builder(PositionedFunction<? extends T> function) {
      this.function = function;
    }

    /** The same stream, of which the workers make something else. */
    public <U> Builder<U> map(PositionedMapping<? super T, ? extends U> next) {
      PositionedFunction<? extends T> first = function;
      Builder<U> mapped = new Builder<>((sample, position) -> next.apply(first.apply(sample, position), position));
      mapped.sources.addAll(sources);
      mapped.weights.addAll(weights);
      mapped.owned.addAll(owned);
      mapped.mixture = mixture;
      mapped.placesPerStep = placesPerStep;
      mapped.steps = steps;
      mapped.epochs = epochs;
      mapped.policy = policy;
      mapped.quarantine = quarantine;
      return mapped.seed(seed).batchSize(batchSize).workers(workers).prefetch(prefetch).rank(rank, worldSize)
          .maxBadFraction(maxBadFraction);
    }

    /** Samples in a batch, as set so far. */
    public int batchSize() {
      return batchSize;
    }

    /** Adds a source that gets {@code weight} / (sum of weights) of the places. */
    public Builder<T> mix(SampleSource source, double weight) {
      sources.add(source);
      weights.add(weight);
      return this;
    }

    /** Sets the weight of the source given first, 1 until then. */
    public Builder<T> weight(double weight) {
      weights.set(0, weight);
      return this;
    }

    public Builder<T> seed(long value) {
      seed = value;
      return this;
    }

    /** Samples in a batch of this loader. */
    public Builder<T> batchSize(int value) {
      batchSize = positive("batchSize", value);
      return this;
    }

    /** Threads that run the function. */
    public Builder<T> workers(int value) {
      workers = positive("workers", value);
      return this;
    }

    /** Batches prepared ahead, at most. */
    public Builder<T> prefetch(int value) {
      prefetch = positive("prefetch", value);
      return this;
    }

    /** One of several loaders that share a stream. */
    public Builder<T> rank(int value, int world) {
      worldSize = positive("worldSize", world);
      if (value < 0 || value >= world) {
        throw new IllegalArgumentException("rank " + value + " of " + world);
      }
      rank = value;
      return this;
    }

    /**
     * Lets the mixture change on the way, see {@link ScheduledOrder}; the sources' own weights then count for nothing.
     *
     * @param placesPerStep samples of an optimiser step, those of all readers together
     * @param totalSteps    steps that the mixture is asked about
     */
    public Builder<T> schedule(ScheduledOrder.Mixture value, int placesPerStep, int totalSteps) {
      mixture = value;
      this.placesPerStep = positive("placesPerStep", placesPerStep);
      this.steps = positive("totalSteps", totalSteps);
      return this;
    }

    /** False: the sources' own order, for evaluation. */
    public Builder<T> shuffle(boolean value) {
      epochs = value ? EpochOrder.GLOBAL : EpochOrder.NONE;
      return this;
    }

    /**
     * Shuffles within windows of neighbouring samples, and the windows among themselves, instead of over the whole source: at any time a
     * source is read in one place, which suits disks and networks. Every position is still reached at once.
     *
     * @param samples in a window, as in a shuffle buffer
     */
    public Builder<T> shuffleWindow(int samples) {
      epochs = EpochOrder.windows(positive("shuffleWindow", samples));
      return this;
    }

    /** What to do with bad samples; {@link BadSamplePolicy#SKIP} by default. */
    public Builder<T> onBad(BadSamplePolicy value) {
      if (value == BadSamplePolicy.QUARANTINE) {
        throw new IllegalArgumentException("QUARANTINE needs a file: quarantine(Path)");
      }
      policy = value;
      quarantine = null;
      return this;
    }

    /** Skips bad samples and writes each down as a line of JSON: {@code position, sample, reason, message}. */
    public Builder<T> quarantine(Path file) {
      policy = BadSamplePolicy.QUARANTINE;
      quarantine = file;
      return this;
    }

    /** Fraction of bad samples (after the first hundred) above which {@link DataLoader#next()} gives up; 0.1. */
    public Builder<T> maxBadFraction(double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException("maxBadFraction is " + value + "; expected 0 to 1");
      }
      maxBadFraction = value;
      return this;
    }

    public DataLoader<T> build() {
      return new DataLoader<>(this);
    }

    private static int positive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be positive, not " + value);
      }
      return value;
    }
  }
}

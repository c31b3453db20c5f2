package io.llama3v.train.loop;

import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.pipeline.LoaderState;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * An endless stream of micro-batches whose next one depends on the position alone, so that a resumed run sees what it would have
 * seen.
 *
 * @param <B> a micro-batch
 */
public interface BatchSource<B> {
  /** The next micro-batch. */
  B next();

  /** Where the stream stands. */
  long position();

  /** Continues at a position that {@link #position()} returned. */
  void seek(long position);

  /** Position, and what could not be used so far: what a checkpoint keeps. */
  default LoaderState state() {
    return LoaderState.at(position());
  }

  /** Continues where {@link #state} was taken. */
  default void restore(LoaderState state) {
    seek(state.position());
  }

  /** Keys of the samples in the last micro-batch, as far as they have any: named where that batch is to blame for something. */
  default List<String> keys() {
    return List.of();
  }

  /** What the stream is made of, in a few characters; empty if unknown. A resume with another is refused. */
  default String fingerprint() throws IOException {
    return "";
  }

  /** Nanoseconds spent waiting for data since this source was made. */
  default long waitNanos() {
    return 0;
  }

  /** Samples that could not be used so far, those of sessions before a {@link #restore} included. */
  default long skipped() {
    return state().badCount();
  }

  /**
   * The batches of a loader.
   *
   * @param collate makes a micro-batch of samples, on the loop's thread
   */
  static <T, B> BatchSource<B> of(DataLoader<T> loader, Function<List<T>, B> collate) {
    return new BatchSource<>() {
      @Override
      public B next() {
        return collate.apply(loader.next());
      }

      @Override
      public long position() {
        return loader.position();
      }

      @Override
      public void seek(long position) {
        loader.seek(position);
      }

      @Override
      public LoaderState state() {
        return loader.state();
      }

      @Override
      public void restore(LoaderState state) {
        loader.restore(state);
      }

      @Override
      public List<String> keys() {
        return loader.keys();
      }

      @Override
      public String fingerprint() throws IOException {
        return loader.fingerprint();
      }

      @Override
      public long waitNanos() {
        return loader.waitNanos();
      }

      @Override
      public long skipped() {
        return loader.badSamples().count();
      }
    };
  }

  /** A stream whose i-th batch is a function of i. */
  static <B> BatchSource<B> generate(LongFunction<B> batch) {
    return new BatchSource<>() {
      private long position;

      @Override
      public B next() {
        return batch.apply(position++);
      }

      @Override
      public long position() {
        return position;
      }

      @Override
      public void seek(long target) {
        position = target;
      }
    };
  }
}

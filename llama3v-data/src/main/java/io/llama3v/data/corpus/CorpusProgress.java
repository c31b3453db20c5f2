package io.llama3v.data.corpus;

/** Hears how far the making of a corpus is. Called by the thread that builds. */
@FunctionalInterface
public interface CorpusProgress {
  /** Of {@code total} parts of {@code what}, {@code done} are finished. */
  void done(String what, int done, int total);
}

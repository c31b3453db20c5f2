package io.llama3v.train.stage;

import io.llama3v.data.corpus.CorpusProgress;
import io.llama3v.train.report.Progress;

/** One bar after the other, a bar for each part of the corpus. */
final class ProgressBars implements CorpusProgress, AutoCloseable {
  private String current = "";
  private Progress bar;

  @Override
  public void done(String what, int done, int total) {
    if (!what.equals(current)) {
      close();
      current = what;
      bar = Progress.of(what, total);
    }
    bar.step(done - bar.done());
  }

  @Override
  public void close() {
    if (bar != null) bar.close();
    bar = null;
  }
}

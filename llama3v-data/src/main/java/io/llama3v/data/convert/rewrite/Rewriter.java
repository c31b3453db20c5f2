package io.llama3v.data.convert.rewrite;

import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.text.Turn;
import java.util.Map;

/** Finds other words for a question and its answer. Safe for use by several threads unless it says otherwise. */
public interface Rewriter extends AutoCloseable {
  /**
   * Rewrites a turn.
   *
   * @param task     what is asked, with the true answer
   * @param template the words of a template, which stay where nothing better is found
   * @return the new words, or {@code template} itself where they did not keep the answer or there were none
   */
  Turn rewrite(Task task, Turn template, String key) throws InterruptedException;

  /** How often what happened: {@code rewritten}, {@code kept-template/answer-lost}, … */
  Map<String, Long> counts();

  /** How many turns may be rewritten at a time. */
  default int parallel() {
    return 1;
  }

  @Override
  void close();
}

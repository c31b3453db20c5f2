package io.llama3v.train.stage;

import io.llama3v.train.eval.Anls;
import io.llama3v.train.eval.ExactMatch;
import java.util.List;

/** How right an answer is, from 0 to 1: words that are read by their edit distance, everything else exactly. */
final class AnswerScore {
  /** Longest answer, in tokens. */
  static final int ANSWER_TOKENS = 16;

  private AnswerScore() {}

  static double of(String kind, String prediction, String target) {
    return kind.equals("read") ? Anls.score(prediction, List.of(target)) : ExactMatch.matches(prediction, target) ? 1 : 0;
  }
}

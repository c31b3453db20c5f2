package io.llama3v.train.preference;

import io.llama3v.train.eval.Anls;
import io.llama3v.train.eval.ExactMatch;
import io.llama3v.train.eval.OpenAnswer;
import java.util.List;

/** How a sampled answer is held against the truth. */
public enum AnswerCheck {
  /** Equal but for case, blanks and a stop at the end ({@link ExactMatch}). */
  EXACT,
  /** The truth, or its number, is named in the answer's conclusion ({@link OpenAnswer}). */
  CONTAINS,
  /** Average normalised Levenshtein similarity of at least 0.5, for words that were read ({@link Anls}). */
  SIMILAR;

  /** True if the answer is right. */
  public boolean right(String answer, String truth) {
    return switch (this) {
      case EXACT -> ExactMatch.matches(answer, truth);
      case CONTAINS -> OpenAnswer.matches(answer, List.of(truth));
      case SIMILAR -> Anls.score(answer, List.of(truth)) >= 0.5;
    };
  }
}

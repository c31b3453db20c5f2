package io.llama3v.data.convert;

import io.llama3v.data.document.grounding.BoxText.Fractions;
import java.util.List;

/** What an example of an academic set asks, before it has words. */
public sealed interface Task {

  /**
   * A question with a short answer.
   *
   * @param question as the set has it
   * @param answer   the one to learn
   * @param answers  all that people gave, for scoring; at least {@code answer}
   * @param sentence the answer as a sentence of the set's own; null where it has none
   */
  record ShortAnswer(String question, String answer, List<String> answers, String sentence) implements Task {
    public ShortAnswer {
      answers = List.copyOf(answers);
    }
  }

  /**
   * A question with options.
   *
   * @param context   what is to be read before; null where there is none
   * @param options   at least two, at most 26
   * @param right     index of the right one
   * @param rationale why; null where the set does not say
   */
  record Choice(String question, String context, List<String> options, int right, String rationale) implements Task {
    public Choice {
      options = List.copyOf(options);
      if (options.size() < 2 || options.size() > 26) throw new IllegalArgumentException(options.size() + " options; expected 2 to 26");
      if (right < 0 || right >= options.size()) {
        throw new IllegalArgumentException("the right option is number " + right + " of " + options.size() + ", counted from 0");
      }
    }
  }

  /** A picture to describe; each caption does. */
  record Caption(List<String> captions) implements Task {
    public Caption {
      captions = List.copyOf(captions);
      if (captions.isEmpty()) throw new IllegalArgumentException("no caption");
    }
  }

  /** A part of a picture and words for it: to find the part by the words, or to find words for the part. */
  record Region(String phrase, Fractions box) implements Task {}
}

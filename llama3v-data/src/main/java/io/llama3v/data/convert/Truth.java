package io.llama3v.data.convert;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a benchmark knows of one question, kept beside the conversation so that a converted file can be scored.
 *
 * @param id       the set's id of the question
 * @param turn     index of the user's message that asks it
 * @param metric   how answers are scored
 * @param question as the set has it, without the words of a template; MMMU's keeps its {@code <image 1>}
 * @param answers  what is accepted; of VQA all ten, of options the right letter
 * @param options  the options; empty where there are none
 * @param group    part of the set that is reported apart (human or augmented, subject); empty for none
 * @param marked   whether {@code <image 1>} … in question and options stand for the conversation's pictures
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Truth(String id, int turn, Metric metric, String question, List<String> answers, List<String> options, String group,
    boolean marked) {
  public Truth {
    answers = answers == null ? List.of() : List.copyOf(answers);
    options = options == null ? List.of() : List.copyOf(options);
    group = group == null ? "" : group;
    if (id == null || metric == null || question == null || answers.isEmpty()) {
      throw new IllegalArgumentException("a truth needs id, metric, question and answers");
    }
    if (turn < 0) throw new IllegalArgumentException("turn " + turn);
  }
}

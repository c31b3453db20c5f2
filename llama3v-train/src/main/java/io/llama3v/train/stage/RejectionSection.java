package io.llama3v.train.stage;

import io.llama3v.train.preference.AnswerCheck;
import io.llama3v.train.preference.RejectionSampling;
import java.nio.file.Path;
import java.util.List;

/**
 * Rejection sampling: several answers to questions whose truth is known.
 *
 * @param from folder of the model that answers; the soup of fine-tuning unless told otherwise
 * @param reward folder of the reward model; that of the {@code reward} stage unless told otherwise
 * @param data JSONL files of questions with the truth as {@code answer}, or as {@code chosen}; those of the {@code preferences} stage
 *     unless told otherwise
 * @param questions how many, chosen at random; all unless told otherwise
 * @param answers sampled to each; 8 unless told otherwise
 * @param temperature of the sampling; 1 unless told otherwise
 * @param topP nucleus of the sampling; 1 unless told otherwise
 * @param check how an answer is held against the truth
 * @param passRate smallest share of right answers; 0.25 unless told otherwise
 * @param keep right answers kept of a question, at most; 1 unless told otherwise
 * @param answerTokens longest answer; 16 unless told otherwise
 * @param maxTokens longest prompt with answer; the adapter stage's unless told otherwise
 */
public record RejectionSection(Path from, Path reward, List<Path> data, int questions, int answers, double temperature, double topP,
    AnswerCheck check, Double passRate, int keep, int answerTokens, int maxTokens) {
  /** Fills in defaults and checks. */
  public RejectionSection {
    data = data == null ? List.of() : List.copyOf(data);
    answers = Defaults.or(answers, 8);
    Defaults.positive("answers", answers);
    temperature = Defaults.or(temperature, 1.0);
    Defaults.positive("temperature", temperature);
    topP = Defaults.or(topP, 1.0);
    if (!(topP > 0 && topP <= 1)) throw new IllegalArgumentException("top_p " + topP + "; expected more than 0, up to 1");
    check = Defaults.or(check, AnswerCheck.EXACT);
    passRate = Defaults.written(passRate, 0.25);
    keep = Defaults.or(keep, 1);
    answerTokens = Defaults.or(answerTokens, 16);
    Defaults.positive("answer_tokens", answerTokens);
    new RejectionSampling(passRate, keep);
  }

  RejectionSampling rule() {
    return new RejectionSampling(passRate, keep);
  }
}

package io.llama3v.train.stage;

import io.llama3v.train.preference.AnswerCheck;
import java.nio.file.Path;
import java.util.List;

/**
 * Quality tuning: fine-tuning on a small set of chosen answers, which ends where held-out answers stop getting better.
 *
 * @param from folder of the model to begin with; that of {@code dpo} where it is among the stages, otherwise the soup of fine-tuning
 * @param data JSONL files of questions with the {@code answer} to learn; what {@code rejection} accepted unless told otherwise
 * @param validation JSONL files of held-out questions with the truth as {@code answer}, or as {@code chosen}; those of the
 *     {@code preferences} stage unless told otherwise
 * @param check how an answer is held against the truth
 * @param evaluateEvery steps between evaluations
 * @param patience evaluations in a row without a better one that end the training; 3 unless told otherwise
 * @param answerTokens longest answer; 16 unless told otherwise
 * @param maxTokens longest prompt with answer; the adapter stage's unless told otherwise
 * @param training how it is trained; its steps are the most it may take
 */
public record QualitySection(Path from, List<Path> data, List<Path> validation, AnswerCheck check, int evaluateEvery, int patience,
    int answerTokens, int maxTokens, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public QualitySection {
    if (training == null) throw new IllegalArgumentException("quality needs 'training'");
    Defaults.noExtras("quality", training);
    data = data == null ? List.of() : List.copyOf(data);
    validation = validation == null ? List.of() : List.copyOf(validation);
    check = Defaults.or(check, AnswerCheck.EXACT);
    evaluateEvery = Defaults.or(evaluateEvery, Math.max(1, training.steps() / 10));
    Defaults.positive("evaluate_every", evaluateEvery);
    patience = Defaults.or(patience, 3);
    Defaults.positive("patience", patience);
    answerTokens = Defaults.or(answerTokens, 16);
    Defaults.positive("answer_tokens", answerTokens);
  }
}

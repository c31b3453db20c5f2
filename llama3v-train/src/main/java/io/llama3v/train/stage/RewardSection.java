package io.llama3v.train.stage;

import java.nio.file.Path;
import java.util.List;

/**
 * A reward model: encoder, adapters and a head that scores answers, on pairs of answers.
 *
 * @param from folder of the model to begin with; the soup of fine-tuning unless told otherwise
 * @param data JSONL files of preferences; those that the {@code preferences} stage made unless told otherwise
 * @param validation JSONL files of held-out preferences; those of the {@code preferences} stage unless told otherwise
 * @param regularizer weight of the squared mean reward; 0.01 unless told otherwise
 * @param maxTokens longest prompt with answer; the adapter stage's unless told otherwise
 * @param training how it is trained; a sample is a pair, or three answers
 */
public record RewardSection(Path from, List<Path> data, List<Path> validation, Double regularizer, int maxTokens, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public RewardSection {
    if (training == null) throw new IllegalArgumentException("reward needs 'training'");
    Defaults.noExtras("reward", training);
    Defaults.noPacking("reward", training);
    data = data == null ? List.of() : List.copyOf(data);
    validation = validation == null ? List.of() : List.copyOf(validation);
    regularizer = Defaults.written(regularizer, 0.01);
    if (!(regularizer >= 0)) throw new IllegalArgumentException("regularizer " + regularizer + "; expected 0 or more");
  }
}

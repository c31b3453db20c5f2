package io.llama3v.train.stage;

import java.nio.file.Path;
import java.util.List;

/**
 * Direct preference optimisation against a reference that follows the trained model.
 *
 * @param from folder of the model to begin with; the soup of fine-tuning unless told otherwise
 * @param data JSONL files of preferences; those of the {@code preferences} stage, and of {@code rejection} where that is among the
 *     stages, unless told otherwise
 * @param validation JSONL files of held-out preferences; those of the {@code preferences} stage unless told otherwise
 * @param beta β; 0.1 unless told otherwise
 * @param nll weight α of the better answer's own likelihood; 0 unless told otherwise
 * @param referenceEvery steps between refreshes of the reference; 50 unless told otherwise
 * @param referenceRate how far a refresh moves the reference to the trained weights; 0.5 unless told otherwise, 1 copies them
 * @param maxTokens longest prompt with answer; the adapter stage's unless told otherwise
 * @param training how it is trained; a sample is a pair, or three answers
 */
public record DpoSection(Path from, List<Path> data, List<Path> validation, double beta, double nll, int referenceEvery,
    double referenceRate, int maxTokens, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public DpoSection {
    if (training == null) throw new IllegalArgumentException("dpo needs 'training'");
    Defaults.noExtras("dpo", training);
    Defaults.noPacking("dpo", training);
    data = data == null ? List.of() : List.copyOf(data);
    validation = validation == null ? List.of() : List.copyOf(validation);
    beta = Defaults.or(beta, 0.1);
    Defaults.positive("beta", beta);
    if (!(nll >= 0)) throw new IllegalArgumentException("nll " + nll + "; expected 0 or more");
    referenceEvery = Defaults.or(referenceEvery, 50);
    Defaults.positive("reference_every", referenceEvery);
    referenceRate = Defaults.or(referenceRate, 0.5);
    if (!(referenceRate > 0 && referenceRate <= 1)) {
      throw new IllegalArgumentException("reference_rate " + referenceRate + "; expected more than 0, up to 1");
    }
  }
}

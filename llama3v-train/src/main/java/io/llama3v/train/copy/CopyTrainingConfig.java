package io.llama3v.train.copy;

import io.llama3v.vision.copy.CopyLoss;
import io.llama3v.vision.copy.CopyModelConfig;

/**
 * How a copy-detection network is trained.
 *
 * @param model         its shape
 * @param steps         of the optimiser
 * @param batch         pictures a step, of two views each
 * @param learningRate  the highest, after a warm-up of a tenth of the steps; it falls as a cosine
 * @param weightDecay   of the weights of convolutions and linear map
 * @param temperature   of the contrastive loss; 0.05 in SSCD
 * @param entropyWeight of the entropy term; 30 in SSCD with batches of thousands, less for small ones
 * @param seed          of weights, order and views
 */
public record CopyTrainingConfig(CopyModelConfig model, int steps, int batch, double learningRate, double weightDecay, double temperature,
    double entropyWeight, long seed) {
  /** Checks the ranges. */
  public CopyTrainingConfig {
    if (steps < 1 || batch < 2 || !(learningRate > 0) || !(weightDecay >= 0) || !(temperature > 0) || !(entropyWeight >= 0)) {
      throw new IllegalArgumentException("training of " + steps + " steps of " + batch + " pictures, learning rate " + learningRate
          + ", weight decay " + weightDecay + ", temperature " + temperature + ", entropy weight " + entropyWeight
          + "; expected at least 1 step of 2 pictures, and positive numbers");
    }
  }

  /** A small network for a CPU: some minutes for a thousand steps. */
  public static CopyTrainingConfig small(int steps) {
    return new CopyTrainingConfig(CopyModelConfig.small(), steps, 32, 1e-3, 1e-4, CopyLoss.TEMPERATURE, 1, 0);
  }
}

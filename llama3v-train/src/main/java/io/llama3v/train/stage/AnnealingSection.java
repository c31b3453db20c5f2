package io.llama3v.train.stage;

import java.nio.file.Path;
import java.util.Map;

/**
 * Resolution annealing: larger tiles, richer data, a learning rate that decays to nothing.
 *
 * @param from folder of the model to begin with; the adapter stage's unless told otherwise
 * @param tileSize side of a tile in pixels
 * @param maxTokens longest text; the adapter stage's unless told otherwise
 * @param questionShare share of question–answer samples in the mixture
 * @param optimizer whether the optimiser begins afresh or goes on from the adapter stage's
 * @param data data sets by name; the corpus' {@code captions} and {@code questions} unless told otherwise
 * @param schedules what changes over the steps
 * @param training how it is trained
 */
public record AnnealingSection(Path from, int tileSize, int maxTokens, double questionShare, OptimizerStart optimizer,
    Map<String, DataConfig> data, SchedulesConfig schedules, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public AnnealingSection {
    schedules = Defaults.or(schedules, SchedulesConfig.NONE);
    tileSize = schedules.lastTileSize(tileSize);
    Defaults.positive("tile_size", tileSize);
    optimizer = Defaults.or(optimizer, OptimizerStart.FRESH);
    if (questionShare < 0 || questionShare > 1) throw new IllegalArgumentException("question_share " + questionShare + "; expected 0 to 1");
    data = Defaults.sorted(data);
    if (training == null) throw new IllegalArgumentException("annealing needs 'training'");
    training = training.orElse(0, 0.95, 1e-8);
    if (optimizer == OptimizerStart.CARRY && from != null) {
      throw new IllegalArgumentException("optimizer: carry goes on from the adapter stage of the same run; with 'from' there is none");
    }
    if (optimizer == OptimizerStart.CARRY && training.lora() != null) {
      throw new IllegalArgumentException("optimizer: carry and lora exclude each other: fresh updates have no moments to carry");
    }
  }

  /** How the optimiser begins. */
  public enum OptimizerStart {
    /** Moments 0. */
    FRESH,
    /** The moments and counts of the stage before; those of resized position tables are resized too. */
    CARRY
  }
}

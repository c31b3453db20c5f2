package io.llama3v.train.stage;

/**
 * Resolution annealing: larger tiles, richer data, a learning rate that decays to nothing.
 *
 * @param tileSize side of a tile in pixels, larger than before
 * @param questionShare share of question–answer samples in the mixture
 * @param training how it is trained
 */
public record AnnealingSection(int tileSize, double questionShare, TrainingConfig training) {
  /** Checks. */
  public AnnealingSection {
    Defaults.positive("tile_size", tileSize);
    if (training == null) throw new IllegalArgumentException("annealing needs 'training'");
  }
}

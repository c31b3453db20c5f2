package io.llama3v.train.stage;

import io.llama3v.train.sweep.SearchSpace;
import io.llama3v.train.sweep.Trial;
import java.util.List;

/**
 * Many fine-tunings of one start: learning rates × weight decays × random subsets of the data.
 *
 * @param search all combinations, or some drawn at random
 * @param learningRate peak learning rates in absolute numbers; the training's unless told otherwise
 * @param weightDecay weight decays; the training's unless told otherwise
 * @param share parts of the data, each chosen at random; 1 unless told otherwise
 * @param subsets random subsets of each share, in a grid; 1 unless told otherwise
 * @param trials how many are drawn, in a random search
 */
public record SweepConfig(Search search, double[] learningRate, double[] weightDecay, double[] share, int subsets, int trials) {
  /** How trials are chosen. */
  public enum Search {
    /** Every combination. */
    GRID,
    /** Drawn between the least and the greatest value of each list. */
    RANDOM
  }

  /** Fills in defaults and checks. */
  public SweepConfig {
    search = Defaults.or(search, Search.GRID);
    share = Defaults.or(share, new double[] {1});
    if (search == Search.RANDOM) {
      Defaults.positive("trials", trials);
      if (subsets != 0) throw new IllegalArgumentException("subsets belongs to search: grid; a random search draws every trial's data anew");
    } else {
      subsets = Defaults.or(subsets, 1);
      if (trials != 0) throw new IllegalArgumentException("trials belongs to search: random; a grid tries every combination");
    }
  }

  List<Trial> trials(TrainingConfig base, long seed) {
    SearchSpace space = new SearchSpace(Defaults.or(learningRate, new double[] {base.learningRate()}),
        Defaults.or(weightDecay, new double[] {base.weightDecay()}), share, Math.max(1, subsets));
    return search == Search.GRID ? space.grid(seed) : space.random(trials, seed);
  }
}

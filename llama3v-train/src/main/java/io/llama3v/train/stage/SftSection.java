package io.llama3v.train.stage;

import io.llama3v.train.sweep.Trial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Supervised fine-tuning: several runs from the same start, ranked on validation data, and averages of their weights (model soups).
 *
 * @param from folder of the model to begin with; the annealing stage's unless told otherwise
 * @param languageModel folder of an instruction-tuned Llama of the same shape, which takes the place of the frozen one
 * @param maxTokens longest text; the adapter stage's unless told otherwise
 * @param data data sets by name; the corpus' {@code questions} unless told otherwise
 * @param schedules what changes over the steps
 * @param training how each run is trained
 * @param runs what differs from run to run, written out
 * @param sweep what differs from run to run, as a search
 * @param validation what the runs are scored on
 * @param soup how they become one model
 */
public record SftSection(Path from, Path languageModel, int maxTokens, Map<String, DataConfig> data, SchedulesConfig schedules,
    TrainingConfig training, List<Run> runs, SweepConfig sweep, ValidationConfig validation, SoupConfig soup) {
  /** Fills in defaults and checks. */
  public SftSection {
    if (training == null) throw new IllegalArgumentException("sft needs 'training'");
    training = training.orElse(0, 0.95, 1e-8);
    schedules = Defaults.or(schedules, SchedulesConfig.NONE);
    data = Defaults.sorted(data);
    if (runs != null && !runs.isEmpty() && sweep != null) {
      throw new IllegalArgumentException("sft has 'runs' and 'sweep'; a sweep makes its runs itself: leave out one of them");
    }
    runs = runs == null ? List.of() : List.copyOf(runs);
    validation = Defaults.or(validation, new ValidationConfig(null, 0, null));
    soup = Defaults.or(soup, new SoupConfig(0, null));
    if (sweep != null) sweep.trials(training, 0);
  }

  /**
   * One run.
   *
   * @param learningRate factor on the learning rate
   * @param weightDecay weight decay; the training's unless told otherwise
   * @param seed order of the data
   * @param share share of the questions it sees, chosen at random
   */
  public record Run(double learningRate, Double weightDecay, int seed, double share) {
    /** Fills in defaults and checks. */
    public Run {
      learningRate = Defaults.or(learningRate, 1.0);
      share = Defaults.or(share, 1.0);
      Defaults.positive("learning_rate", learningRate);
      Defaults.notNegative("weight_decay", weightDecay);
      if (!(share > 0 && share <= 1)) throw new IllegalArgumentException("share " + share + "; expected more than 0, up to 1");
    }
  }

  /** The trials of all runs; one with the training's own settings where neither runs nor a sweep are written. */
  List<Trial> trials(long seed) {
    if (sweep != null) return sweep.trials(training, seed + 200);
    List<Trial> trials = new ArrayList<>();
    for (Run run : runs.isEmpty() ? List.of(new Run(1, null, 1, 1)) : runs) {
      trials.add(new Trial("run-" + (trials.size() + 1), training.learningRate() * run.learningRate(),
          run.weightDecay() == null ? training.weightDecay() : run.weightDecay(), run.share(), seed + 100 * (run.seed() + 1L)));
    }
    return trials;
  }
}

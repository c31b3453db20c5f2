package io.llama3v.train.stage;

import io.llama3v.train.optim.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a stage on a vision-language model does, all defaults in place.
 *
 * @param stage its name, that of its folder in the run
 * @param training how it is trained
 * @param tileSize side of a tile in pixels where no schedule says otherwise; 0 for that of the model it begins with
 * @param maxTokens longest text where no schedule says otherwise
 * @param data data sets by name
 * @param schedules what changes over the steps
 * @param share part of every data set that is used, chosen at random by the seed
 * @param seed of the order and the choice of the data
 */
record VlmPlan(String stage, TrainingConfig training, int tileSize, int maxTokens, Map<String, DataConfig> data, SchedulesConfig schedules,
    double share, long seed) {
  /** Names of the corpus' sets. */
  static final String CAPTIONS = "captions";
  static final String QUESTIONS = "questions";

  VlmPlan {
    TreeSet<String> unknown = new TreeSet<>(schedules.mixture().keySet());
    unknown.removeAll(data.keySet());
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("stage '" + stage + "': schedules.mixture names " + unknown + "; the data sets are " + data.keySet());
    }
    if (maxTokens == 0) throw new IllegalArgumentException("stage '" + stage + "' needs 'max_tokens': there is no adapter section to take it from");
  }

  /** A stretch of the stage with tiles of one size; 0: of the size that the model has. */
  record Phase(String stage, long first, long end, int tileSize) {
    long steps() {
      return end - first;
    }
  }

  static VlmPlan adapter(PipelineConfig c) {
    AdapterSection s = c.adapter();
    return new VlmPlan("adapter", s.training(), s.tileSize(), s.maxTokens(), data(c, s.data(), s.questionShare()), s.schedules(), 1, c.seed());
  }

  static VlmPlan annealing(PipelineConfig c) {
    AnnealingSection s = c.annealing();
    return new VlmPlan("annealing", s.training(), s.tileSize(), maxTokens(c, s.maxTokens()), data(c, s.data(), s.questionShare()),
        s.schedules(), 1, c.seed() + 1);
  }

  /** One run of fine-tuning. */
  static VlmPlan sft(PipelineConfig c, String stage, TrainingConfig training, double share, long seed) {
    SftSection s = c.sft();
    return new VlmPlan(stage, training, s.schedules().lastTileSize(0), maxTokens(c, s.maxTokens()), data(c, s.data(), 1), s.schedules(), share, seed);
  }

  private static int maxTokens(PipelineConfig c, int own) {
    return own != 0 || c.adapter() == null ? own : c.adapter().maxTokens();
  }

  /** The sets of a section, or those of the corpus. */
  private static Map<String, DataConfig> data(PipelineConfig c, Map<String, DataConfig> own, double questionShare) {
    if (!own.isEmpty()) return DataConfig.resolved(c, own);
    Map<String, DataConfig> sets = new TreeMap<>();
    if (questionShare < 1) sets.put(CAPTIONS, DataConfig.ofCorpus("scenes/train", 1 - questionShare));
    if (questionShare > 0) sets.put(QUESTIONS, DataConfig.ofCorpus("questions/train", questionShare));
    return DataConfig.resolved(c, sets);
  }

  /** The stage in stretches of one tile size; with a single one, that is the stage itself. */
  List<Phase> phases() {
    long[] starts = schedules.tileSteps(training.steps());
    List<Phase> phases = new ArrayList<>();
    for (int i = 0; i < starts.length; i++) {
      long end = i + 1 < starts.length ? starts[i + 1] : training.steps();
      int size = schedules.tileSize() == null ? tileSize : (int) schedules.tileSize().curve().at(starts[i]);
      phases.add(new Phase(starts.length == 1 ? stage : stage + "/phase-" + (i + 1), starts[i], end, size));
    }
    return phases;
  }

  /** The learning rate over the steps of the stage. */
  Schedule learningRate() {
    return schedules.learningRate() == null ? training.toSchedule() : training.averaged(schedules.learningRate().curve());
  }

  /** True if the mixture of the data, or the part of them that is open, changes on the way. */
  boolean changesData() {
    return schedules.difficulty() != null || !schedules.mixture().isEmpty();
  }

  /** Weight of a data set at a step. */
  double weight(String set, long step) {
    CurveConfig curve = schedules.mixture().get(set);
    return curve == null ? data.get(set).weight() : curve.curve().at(step);
  }
}

package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.ShardedWeights;
import io.llama3v.train.soup.Averager;
import io.llama3v.train.soup.SoupSearch;
import io.llama3v.train.soup.SoupSearch.Candidate;
import io.llama3v.train.soup.SoupSearch.Ingredient;
import io.llama3v.train.sweep.Sweep;
import io.llama3v.train.sweep.Trial;
import io.llama3v.train.sweep.TrialResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Supervised fine-tuning on conversations: several runs from the annealed model, ranked on validation data, then averages of their
 * weights (Wortsman et al.: Model Soups, 2022), of which the best becomes the result. Where no average beats the best single run,
 * that run is the result, and the report says so.
 */
final class SftStage implements Stage {
  /** Where the result is left, seen from the run's folder. */
  static final String SOUP = "sft/soup";
  private static final String FOLDER = "sft";

  @Override
  public void run(StageContext context) throws IOException {
    SftSection s = context.config().sft();
    List<Trial> trials = s.trials(context.config().seed());
    // Before any work: a trial that was finished under other settings ends the stage.
    for (Trial trial : trials) Pipeline.isDone(context, name(trial));
    VlmPlan plan = plan(context, trials.get(0));
    try (SftValidation validation = SftValidation.open(context, plan.maxTokens())) {
      List<TrialResult> ranked = Sweep.run(trials, context.folder(FOLDER), conditions(context.config()), (trial, folder) -> {
        if (context.session().stop().requested()) throw new TrainingStoppedException(name(trial));
        if (!Pipeline.isDone(context, name(trial))) train(context, trial);
        try (VisionLanguageModel model = VisionLanguageModel.load(context.backend(), folder)) {
          return validation.choose(model);
        }
      });
      SoupSearch.Result found = search(context, s.soup(), ranked, validation);
      write(context, found.chosen());
      SoupTable.of(validation, ranked, found, checks(context, found, validation)).write(context.config().run());
    }
  }

  /** What scores and failures of all trials depend on: everything that the section says but which trials there are and what becomes of them. */
  private static Map<String, String> conditions(PipelineConfig config) {
    Map<String, String> conditions = new TreeMap<>(Pipeline.settings(config, FOLDER));
    conditions.keySet().removeIf(key -> key.matches("sft\\.(runs|sweep|soup)(\\..*)?"));
    return conditions;
  }

  private static String name(Trial trial) {
    return FOLDER + "/" + trial.name();
  }

  private static VlmPlan plan(StageContext context, Trial trial) {
    TrainingConfig training = context.config().sft().training().with(trial.learningRate(), trial.weightDecay());
    return VlmPlan.sft(context.config(), name(trial), training, trial.share(), trial.seed());
  }

  private static void train(StageContext context, Trial trial) throws IOException {
    SftSection s = context.config().sft();
    Path from = s.from() == null ? context.folder("annealing") : s.from();
    long start = System.nanoTime();
    VlmPhases.run(context, plan(context, trial), () -> {
      VisionLanguageModel model = VisionLanguageModel.load(context.backend(), from);
      return s.languageModel() == null ? model : model.withLanguageModel(s.languageModel());
    }, null);
    Pipeline.markDone(context, name(trial), (System.nanoTime() - start) / 1e9);
  }

  private static SoupSearch.Result search(StageContext context, SoupConfig soup, List<TrialResult> ranked, SftValidation validation)
      throws IOException {
    List<ShardedWeights> open = new ArrayList<>();
    List<Ingredient> ingredients = new ArrayList<>();
    Path best = context.folder(FOLDER).resolve(ranked.get(0).trial().name());
    try (VisionLanguageModel model = VisionLanguageModel.load(context.backend(), best)) {
      for (TrialResult result : ranked) {
        if (!result.scored()) continue;
        ShardedWeights weights = ShardedWeights.open(context.folder(name(result.trial())));
        open.add(weights);
        ingredients.add(new Ingredient(result.trial().name(), weights, result.score()));
      }
      return SoupSearch.search(ingredients, model.parameters(), soup.most() == 0 ? ingredients.size() : soup.most(), soup.greedy(),
          () -> validation.choose(model));
    } finally {
      for (ShardedWeights weights : open) weights.close();
    }
  }

  private static void write(StageContext context, Candidate chosen) throws IOException {
    Path soup = context.folder(SOUP);
    AtomicFiles.deleteTree(soup);
    Averager.uniform(folders(context, chosen), soup);
  }

  private static List<Path> folders(StageContext context, Candidate candidate) {
    return candidate.ingredients().stream().map(name -> context.folder(FOLDER).resolve(name)).toList();
  }

  /** Scores of the best single run and the best average on the samples that chose neither. */
  private static Map<Candidate, Double> checks(StageContext context, SoupSearch.Result found, SftValidation validation) throws IOException {
    Map<Candidate, Double> scores = new LinkedHashMap<>();
    if (found.bestSoup() == null) return scores;
    try (VisionLanguageModel model = VisionLanguageModel.load(context.backend(), folders(context, found.bestSingle()).get(0))) {
      scores.put(found.bestSingle(), validation.check(model));
      List<ShardedWeights> open = new ArrayList<>();
      try {
        for (Path folder : folders(context, found.bestSoup())) open.add(ShardedWeights.open(folder));
        Averager.uniform(open, model.parameters());
      } finally {
        for (ShardedWeights weights : open) weights.close();
      }
      scores.put(found.bestSoup(), validation.check(model));
    }
    return scores;
  }
}

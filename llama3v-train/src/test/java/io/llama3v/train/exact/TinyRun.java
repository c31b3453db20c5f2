package io.llama3v.train.exact;

import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Every training stage and the evaluation, as small as they come: accumulation, a moving average, parts, several workers, a mixture,
 * a damaged sample, and data so few that every stage passes an epoch boundary.
 *
 * @param config the file
 * @param folder of the run
 */
public record TinyRun(Path config, Path folder) {
  /** What trains, in order; annealing is cut in two where its tiles grow. */
  static final List<String> TRAINED = List.of("language-model", "clip", "adapter", "annealing/phase-1", "annealing/phase-2", "sft/run-1",
      "sft/run-2", "reward", "dpo", "quality");
  static final int STEPS = 12;
  static final int CHECKPOINT_EVERY = 3;

  private static final String PLAIN = "steps: " + STEPS + ", batch_size: 4, micro_batch: 2, learning_rate: 5e-3, warmup: 2, "
      + "log_every: 1, checkpoint_every: " + CHECKPOINT_EVERY + ", workers: 2";
  private static final String TRAINING = "{" + PLAIN + ", average: {kind: ema, decay: 0.8}}";

  private static final String CONFIG = """
      run: %1$s
      seed: 5
      backend: cpu
      stages: [language-model, clip, adapter, annealing, sft, evaluation, preferences, reward, rejection, dpo, quality]
      corpus: {folder: %2$s}
      language_model:
        {vocabulary: 300, hidden: 16, intermediate: 32, layers: 4, heads: 2, kv_heads: 1, tied: true, max_tokens: 24, training: %4$s}
      clip:
        image_size: 16
        patch: 8
        embed: 8
        context: 8
        vision: {width: 16, mlp: 32, layers: 2, heads: 2}
        text: {width: 16, mlp: 32, layers: 1, heads: 2}
        training: %4$s
      adapter:
        tile_size: 16
        tiles: 4
        every: 2
        global_layers: 1
        features: [1]
        gate: 0.5
        max_tokens: 24
        question_share: 0.5
        training: %3$s
      annealing: {schedules: {tile_size: {at: {0: 16, 5: 24}}}, question_share: 0.5, optimizer: carry, training: %4$s}
      sft:
        training: %4$s
        runs: [{learning_rate: 1, seed: 1, share: 0.8}, {learning_rate: 0.5, seed: 2, share: 0.8}]
      evaluation: {candidates: 4, questions_per_kind: 2, captions: 1}
      preferences: {pairs: 14, validation: 3}
      reward: {max_tokens: 64, training: %5$s}
      rejection: {max_tokens: 64, questions: 8, answers: 3, answer_tokens: 6, pass_rate: 0, check: similar}
      dpo: {max_tokens: 64, reference_every: 4, training: %5$s}
      quality: {max_tokens: 64, data: [%2$s/answers.jsonl], evaluate_every: 4, patience: 2, answer_tokens: 3, training: %5$s}
      """;

  public static TinyRun create(Path config, Path folder, Path corpus) throws IOException {
    String parts = TRAINING.substring(0, TRAINING.length() - 1) + ", parts: [{match: [\"*cross_attn_*_gate\"], learning_rate: 0.5}]}";
    Files.writeString(config, CONFIG.formatted(folder, corpus, parts, TRAINING, "{" + PLAIN + "}"));
    return new TinyRun(config, folder);
  }

  /** Steps of a stage: the phases of annealing have some each, and quality tuning may end early. */
  static int steps(String stage) {
    return switch (stage) {
      case "annealing/phase-1" -> 5;
      case "annealing/phase-2" -> STEPS - 5;
      case "quality" -> 8;
      default -> STEPS;
    };
  }

  /** The last step of a stage that metrics.jsonl has a line of, 0 if there is none. */
  long step(String stage) throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    if (!Files.exists(file)) return 0;
    return MetricsLog.read(file).stream().filter(line -> line.stage().equals(stage)).mapToLong(MetricsRecord::step).max().orElse(0);
  }

  /** Folder of a stage's checkpoints. */
  public Path checkpoints(String stage) {
    return folder.resolve(stage).resolve("checkpoints");
  }
}

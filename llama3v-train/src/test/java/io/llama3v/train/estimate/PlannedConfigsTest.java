package io.llama3v.train.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.tensor.DType;
import io.llama3v.train.stage.PipelineConfig;
import io.llama3v.train.stage.PlannedStage;
import io.llama3v.train.stage.PlannedStages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations that come with the project. */
class PlannedConfigsTest {
  private static final Path CONFIGS = Path.of("../configs");

  static List<Path> configs() throws IOException {
    try (Stream<Path> files = Files.walk(CONFIGS)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  private static PlannedStages plan(String file, String... overrides) throws IOException {
    return PlannedStages.of(ConfigLoader.load(CONFIGS.resolve(file), PipelineConfig.class, List.of(overrides)));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyStageThatTrainsIsPlanned(Path file) throws IOException {
    PipelineConfig config = ConfigLoader.load(file, PipelineConfig.class, List.of());
    PlannedStages planned = PlannedStages.of(config);
    // A phase counts as its stage.
    assertEquals(config.stages().stream().filter(stage -> config.training(stage) != null).collect(Collectors.toSet()),
        planned.stages().stream().map(stage -> stage.name().replaceFirst("/.*", "")).collect(Collectors.toSet()));
    for (PlannedStage<?> stage : planned.stages()) {
      StageEstimate e = Estimator.of(stage, DType.BF16);
      assertTrue(e.operations() >= e.operationsKeepingAll() && e.operationsKeepingAll() > 0, e.stage());
      assertTrue(e.memory().peak() > e.memory().weights() + e.memory().moments(), e.stage());
      assertTrue(e.recomputingAll().peak() <= e.keepingAll().peak(), e.stage());
    }
  }

  /** Published sizes: Llama 3.1's, and of cross-attention layers about 100 B with the largest. */
  @ParameterizedTest
  @CsvSource({"llama3v-8b.yaml, 8030261248, 1744898064", "llama3v-405b.yaml, 405853388800, 98818826046"})
  void sizesOfTheModels(String file, long language, long cross) throws IOException {
    StageEstimate adapter = Estimator.of(plan(file).stages().get(0));
    long width = file.contains("405b") ? 16_384 : 4096;
    long found = adapter.parts().stream().filter(p -> p.name().startsWith("language model")).mapToLong(ModelParts.Part::weights).sum();
    assertEquals(language + 8 * width, found, "eight more rows of embeddings than the language model has");
    assertEquals(cross, adapter.parts().stream().filter(p -> p.name().equals("cross-attention layers")).mapToLong(ModelParts.Part::trained).sum());
  }

  /** Six stages, cut to batches that a test has time for; what docs/results/plan.md has at their full size. */
  @ParameterizedTest
  @CsvSource({"language-model, language_model, 4", "clip, clip, 8", "adapter, adapter, 2", "sft, sft, 2", "reward, reward, 2", "dpo, dpo, 2"})
  void plannedMemoryIsWithinATenthOfWhatTheCpuBackendTakes(String name, String section, int batch) throws IOException {
    String[] overrides = {section + ".training.batch_size=" + batch, section + ".training.micro_batch=" + batch};
    StageEstimate planned = Estimator.of(stage(name, overrides));
    Measurement measured = Measurement.of(stage(name, overrides), Backend::best);
    assertEquals(measured.tensors(), planned.memory().peak(), 0.1 * measured.tensors());
  }

  private static PlannedStage<?> stage(String name, String... overrides) throws IOException {
    return plan("tiny-post.yaml", overrides).stages().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void configurationsAreThere() throws IOException {
    assertTrue(configs().size() >= 12, configs().toString());
  }
}

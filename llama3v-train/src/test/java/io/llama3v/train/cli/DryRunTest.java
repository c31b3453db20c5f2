package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.train.exact.TinyCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code --dry-run}: what a run would do, and what it lacks. */
class DryRunTest {
  private static final Path CONFIGS = Run.checkout().resolve("configs");
  @TempDir
  Path folder;

  static Stream<Path> configs() throws IOException {
    return Files.walk(CONFIGS).filter(file -> file.toString().endsWith(".yaml"));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyConfigurationIsDescribed(Path file) throws IOException {
    Path run = folder.resolve("run");
    Run dry = Run.of("run", file, "--dry-run", "run=" + run, "corpus.webjars=" + folder, "corpus.folder=" + folder.resolve("corpus"));
    assertEquals("", dry.err());
    assertTrue(dry.out().contains("Nothing was trained."), dry.out());
    boolean published = !file.getFileName().toString().startsWith("tiny") && !file.getFileName().toString().startsWith("small");
    assertEquals(published ? 1 : 0, dry.code(), "models of others are not there: " + dry.out());
    assertFalse(dry.out().contains("shape unknown"), dry.out());
    assertFalse(Files.exists(run), "nothing is written");
  }

  @Test
  void weightsAreThoseOfTheReleasedModel() {
    String out = Run.of("run", CONFIGS.resolve("llama3v-11b.yaml"), "--dry-run").out();
    // Counts of the released base (tiles of 448) and instruct (560) checkpoints; trained: tower, projector, cross-attention layers.
    assertTrue(out.contains("10,642,941,475 weights, 2,612,647,459 of them trained"), out);
    assertTrue(out.contains("10,670,220,835 weights"), out);
    assertTrue(out.contains("8 cross-attention layers among 40"), out);
  }

  @Test
  void theLargestAdapterHasTheSizeThatThePaperGives() {
    String out = Run.of("stage", "adapter", CONFIGS.resolve("llama3v-405b.yaml"), "--dry-run").out();
    Matcher trained = Pattern.compile("weights, ([0-9,]+) of them trained").matcher(out);
    assertTrue(trained.find(), out);
    // "about 100B parameters" of cross-attention, and less than one billion of tower.
    assertEquals(100e9, Double.parseDouble(trained.group(1).replace(",", "")), 3e9);
    assertFalse(out.contains("sft"), "one stage only");
  }

  private Path config(String training) throws IOException {
    return Files.writeString(folder.resolve("c.yaml"), """
        run: %1$s/run
        stages: [adapter]
        corpus: {folder: %1$s/corpus}
        language_model: {load: %1$s/llama}
        clip: {load: %1$s/clip}
        adapter: {tile_size: 16, every: 2, question_share: 0.5, training: {steps: 100, batch_size: 8, micro_batch: 2, learning_rate: 1e-3, %2$s}}
        """.formatted(folder, training));
  }

  @Test
  void partsSchedulesAndData() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    try (Backend backend = Backend.best()) {
      TinyModels.write(backend, folder.resolve("llama"), folder.resolve("clip"));
    }
    Path file = config("warmup: 10, weight_decay: 0.1, parts: [{match: [\"vision_model.*\"], train: false}, "
        + "{match: [\"*cross_attn_*_gate\"], learning_rate: 3}]");
    Run dry = Run.of("stage", "adapter", file, "--dry-run");
    assertEquals(0, dry.code(), dry.out() + dry.err());
    // Two cross-attention layers with two gates each; gates never decay.
    assertTrue(dry.out().contains("*cross_attn_*_gate: 4 tensors, 4 weights, rate x3.0, decay 0.1 on 0 of them"), dry.out());
    assertTrue(dry.out().contains("frozen: "), dry.out());
    assertTrue(dry.out().contains("0.00 at 0, 0.00100 at 10"), dry.out());
    assertTrue(dry.out().contains("100 of 8 samples (4 x 2), 800 in all"), dry.out());
    assertTrue(dry.out().contains("scenes/train-[0-9]*.tar (3 files"), dry.out());
    Run none = Run.of("stage", "adapter", config("parts: [{match: [\"vison_model.*\"], train: false}]"), "--dry-run");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("no parameter matches 'vison_model.*'"), none.err());
  }

  @Test
  void whatIsMissingIsListedAndRefusedWhereItWouldRun() throws IOException {
    Path file = config("");
    Run dry = Run.of("run", file, "--dry-run");
    assertEquals(1, dry.code());
    assertTrue(dry.out().contains("4 inputs are missing"), dry.out());
    assertTrue(dry.out().contains(folder.resolve("llama") + ": expected a folder with config.json"), dry.out());
    Run real = Run.of("run", file);
    assertEquals(2, real.code());
    assertTrue(real.err().contains("'language_model.load' is " + folder.resolve("llama")), real.err());
  }
}

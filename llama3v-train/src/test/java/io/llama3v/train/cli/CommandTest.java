package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.simd.CpuBackendProvider;
import io.llama3v.config.ConfigLoader;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.stage.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The command line: verbs, exit codes and what errors say. */
class CommandTest {
  private static final Path TINY = Run.checkout().resolve("configs/tiny.yaml");

  @TempDir
  Path folder;

  static Stream<Path> configs() throws IOException {
    return Files.walk(Run.checkout().resolve("configs")).filter(file -> file.toString().endsWith(".yaml"));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void everyConfigurationLoads(Path file) {
    Run run = Run.of("validate", file);
    assertEquals(0, run.code(), run.err());
  }

  static Stream<String> verbs() {
    return new CommandLine(new Llama3vCommand()).getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void everyVerbHasHelpWithExitCodes(String verb) {
    Run run = Run.of(verb, "--help");
    assertEquals(0, run.code());
    assertTrue(run.out().contains("Usage: llama3v " + verb), run.out());
    assertTrue(run.out().contains("Exit codes:"), run.out());
  }

  @Test
  void versionNamesJava() {
    Run run = Run.of("--version");
    assertEquals(0, run.code());
    assertTrue(run.out().startsWith("llama3v "), run.out());
    assertTrue(run.out().contains("Java " + System.getProperty("java.version")), run.out());
  }

  @Test
  void noVerbIsAUsageError() {
    Run run = Run.of();
    assertEquals(2, run.code());
    assertTrue(run.err().startsWith("error: which verb?"), run.err());
  }

  @Test
  void unknownVerbSuggestsTheNearest() {
    Run run = Run.of("generat", "x");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("generate"), run.err());
  }

  @Test
  void enginesOfCurationAreCheckedBeforeAnythingRuns() throws IOException {
    Path config = Files.writeString(folder.resolve("curate.yaml"), "run: " + folder.resolve("run") + "\ninputs: [{shards: 'raw/*.tar'}]\n");
    Run unknown = Run.of("curate", config, "--engine", "flink");
    assertEquals(2, unknown.code(), unknown.err());
    assertTrue(unknown.err().contains("local and spark"), unknown.err());
    Run mixed = Run.of("curate", config, "--master", "local[2]");
    assertEquals(2, mixed.code(), mixed.err());
    assertTrue(mixed.err().contains("belong to --engine spark"), mixed.err());
    if (getClass().getResource("/org/apache/spark/SparkContext.class") == null) { // built without the profile 'spark', as by default
      Run absent = Run.of("curate", config, "--engine", "spark");
      assertEquals(1, absent.code(), absent.err());
      assertTrue(absent.err().contains("-Pspark"), absent.err());
    }
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void effectiveConfigurationLoadsAgain() throws IOException {
    Run run = Run.of("validate", TINY, "--print", "clip.training.steps=70", "run=runs/other");
    assertEquals(0, run.code(), run.err());
    Path printed = Files.writeString(folder.resolve("printed.yaml"), run.out());
    PipelineConfig config = ConfigLoader.load(printed, PipelineConfig.class);
    assertEquals(70, config.clip().training().steps());
    assertEquals(Path.of("runs/other"), config.run());
  }

  @Test
  void unknownKeyNamesFileLineAndNearest() throws IOException {
    Path file = Files.writeString(folder.resolve("wrong.yaml"), "run: x\nstages: [corpus]\ncorpus:\n  scnes: 3\n");
    Run run = Run.of("validate", file);
    assertEquals(2, run.code());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().startsWith("error: " + file + ":4:3: unknown key 'scnes'"), run.err());
    assertTrue(run.err().contains("did you mean 'scenes'?"), run.err());
  }

  @Test
  void stageWithoutItsSectionIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("short.yaml"), "run: x\nstages: [corpus, sft]\n");
    Run run = Run.of("run", file);
    assertEquals(2, run.code());
    assertTrue(run.err().contains("no section 'sft'"), run.err());
  }

  @Test
  void stageMustBeOneOfTheConfiguration() {
    Run run = Run.of("stage", "languge_model", TINY);
    assertEquals(2, run.code());
    assertTrue(run.err().contains("it has corpus, language-model, clip"), run.err());
  }

  @Test
  void stageNamesTakeUnderscores() throws IOException {
    Path file = Files.writeString(folder.resolve("lm.yaml"), "run: " + folder.resolve("run") + "\nstages: [language-model]\n"
        + "corpus: {folder: " + folder.resolve("none") + "}\nlanguage_model:\n  training: {steps: 2, batch_size: 1, learning_rate: 1}\n");
    Run run = Run.of("stage", "language_model", file, "--backend", "nd4j");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("no file matches this shard pattern"), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void stackTraceOnRequest() {
    Run run = Run.of("report", folder.resolve("nothing"), "--stacktrace");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("\tat io.llama3v"), run.err());
  }

  @Test
  void missingFilesAreNamed() {
    Run run = Run.of("inspect", folder.resolve("no-*.tar"));
    assertEquals(1, run.code());
    assertTrue(run.err().startsWith("error: " + folder.resolve("no-*.tar")), run.err());
    assertEquals(2, Run.of("inspect", folder.resolve("nothing")).code());
  }

  @Test
  void unknownBackendIsWrongInput() {
    Run run = Run.of("run", TINY, "run=" + folder.resolve("run"), "--backend", "abacus");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("no backend is called 'abacus'"), run.err());
  }

  @Test
  void threadsReachTheBackend() {
    String before = System.getProperty(CpuBackendProvider.THREADS);
    try {
      Run run = Run.of("backends", "--backend", "cpu", "--threads", "1");
      assertEquals(0, run.code(), run.out());
      assertTrue(run.out().contains("on 1 threads"), run.out());
      assertEquals(2, Run.of("backends", "--threads", "0").code());
    } finally {
      if (before == null) System.clearProperty(CpuBackendProvider.THREADS);
      else System.setProperty(CpuBackendProvider.THREADS, before);
    }
  }

  @Test
  void parityPrintsCasesAndFailsOnAnyFailure() {
    Path optim = Run.checkout().resolve("llama3v-train/src/test/resources/golden/optim");
    Run fine = Run.of("parity", optim);
    assertEquals(0, fine.code(), fine.out());
    assertTrue(fine.out().lines().anyMatch(line -> line.startsWith("PASS optim/")), fine.out());
    assertEquals(1, Run.of("parity", optim, folder.resolve("nothing")).code());
  }

  @Test
  void reportIsWrittenFromARun() throws IOException {
    EvaluationTable.write(folder.resolve("evaluation.json"), List.of(new EvaluationTable("T", List.of())));
    Run run = Run.of("report", folder);
    assertEquals(0, run.code(), run.err());
    assertTrue(Files.readString(Path.of(run.out().strip())).startsWith("<!DOCTYPE html>"));
  }
}

package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes that people make: what they are told, and that it is no stack trace. */
class MistakesTest {
  private static final Path TINY = Run.checkout().resolve("configs/tiny.yaml");

  @TempDir
  Path folder;

  private static void refused(Run run, int code, String... parts) {
    assertEquals(code, run.code(), run.out() + run.err());
    assertTrue(run.err().startsWith("error: "), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
    for (String part : parts) assertTrue(run.err().contains(part), run.err());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "adapter.tile_size=25|clip.patch 8 does not divide adapter.tile_size 25",
      "annealing.tile_size=33|clip.patch 8 does not divide annealing.tile_size 33",
      "adapter.features=[1, 9]|adapter.features has 9, and clip.vision has 4 layers; expected 0 to 4",
      "adapter.every=20|adapter.every is 20, and the language model has 8 layers",
      "language_model.heads=5|'language_model': heads 5 does not divide hidden 128",
      "language_model.kv_heads=3|'language_model': kv_heads 3 does not divide heads 4",
      "clip.vision.heads=3|'clip.vision': heads 3 does not divide width 128",
      "clip.patch=7|'clip': patch 7 does not divide image_size 32",
      "clip.training.micro_batch=7|micro_batch 7 does not divide batch_size 128"})
  void shapesThatDoNotFitNameTheirKeys(String override, String told) {
    refused(Run.of("validate", TINY, override), 2, "tiny.yaml:", told);
  }

  @Test
  void foldersAreNoFiles() throws IOException {
    refused(Run.of("validate", folder), 2, folder + ": this is a folder; expected a YAML file");
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mllama\"}");
    refused(Run.of("generate", folder, "--image", folder, "What is it?"), 1, folder + ": a folder; expected a picture");
  }

  @Test
  void aPictureThatIsNoneIsToldBeforeTheModelIsRead() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mllama\"}");
    Path text = Files.writeString(folder.resolve("cat.png"), "a cat");
    refused(Run.of("generate", folder, "--image", text, "What is it?"), 1, text + ": not an image in a supported format");
    refused(Run.of("inspect", text), 1, text.toString());
    Path longer = Files.writeString(folder.resolve("cat.txt"), "a cat that sleeps");
    refused(Run.of("inspect", longer), 1, "is it a safetensors file at all?");
  }

  @Test
  void anEmptyFolderIsNoRun() {
    refused(Run.of("report", folder), 1, folder + " is not the folder of a run");
    assertFalse(Files.exists(folder.resolve("report.html")));
  }

  @Test
  void modelsOfAnotherKindAreRefused() throws IOException {
    Path llama = folder.resolve("llama");
    Path clip = folder.resolve("clip");
    try (Backend backend = Backend.best()) {
      TinyModels.write(backend, llama, clip);
    }
    String run = "run=" + folder.resolve("run");
    refused(Run.of("run", TINY, run, "clip.load=" + llama), 2, "'clip.load' is " + llama + ", a model of type 'llama'; expected one of type 'clip'");
    refused(Run.of("run", TINY, run, "language_model.load=" + clip), 2, "a model of type 'clip'; expected one of type 'llama'");
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void aSaveThatFailsOnTheWayOutIsSaidAndIsNoSuccess() throws IOException {
    StringWriter err = new StringWriter();
    int code = Interruption.guard(new PrintWriter(err), stop -> {
      stop.request();
      throw new IOException("runs/x/step_5: No space left on device");
    });
    assertEquals(1, code);
    assertEquals("error: asked to end, and could not save: runs/x/step_5: No space left on device", err.toString().strip());
    assertThrows(IOException.class, () -> Interruption.guard(new PrintWriter(err), stop -> {
      throw new IOException("of its own accord");
    }));
  }

  @Test
  void aStageWhoseForerunnerIsMissingNamesIt() {
    Path run = folder.resolve("run");
    for (List<String> pair : List.of(List.of("clip", "language-model"), List.of("adapter", "language-model"), List.of("evaluation", "language-model"))) {
      refused(Run.of("stage", pair.get(0), TINY, "run=" + run, "--backend", "nd4j"), 1,
          "stage '" + pair.get(0) + "' builds on what stage '" + pair.get(1) + "' leaves", run.resolve(pair.get(1)).toString());
    }
  }
}

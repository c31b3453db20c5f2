package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.llama.Sampling;
import io.llama3v.train.Llama3V;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generation from the folder of a run, from a model in it, and from a plain Llama. */
class GenerateTest {
  @TempDir
  static Path folder;
  static Path run;
  static Path wide;

  @BeforeAll
  static void makeRun() throws IOException {
    try (Backend backend = Backend.best()) {
      run = TinyModels.run(backend, folder.resolve("run"));
    }
    wide = TinyModels.picture(folder.resolve("wide.png"), 40, 16);
  }

  @Test
  void aRunAnswersAsItsModelDoes() {
    Run whole = generate(run, "what is it?", "--image", wide);
    assertEquals(0, whole.code(), whole.err());
    assertEquals(whole, generate(run.resolve("sft/soup"), "what is it?", "--image", wide));
    assertEquals(0, generate(run, "compare", "--image", wide, "--image", wide).code());
    assertEquals(0, generate(run, "a red", "--raw", "--temperature", "1", "--top-p", "0.9", "--seed", "3").code());
  }

  @Test
  void aLanguageModelTakesNoImages() {
    Path llama = run.resolve("language-model");
    assertEquals(0, generate(llama, "a red").code());
    Run refused = generate(llama, "a red", "--image", wide);
    assertEquals(2, refused.code());
    assertTrue(refused.err().contains("takes no images"), refused.err());
  }

  @Test
  void otherFoldersAreRefusedByName() throws IOException {
    Run clip = generate(run.resolve("clip"), "x");
    assertEquals(1, clip.code());
    assertTrue(clip.err().contains("model_type is 'clip'"), clip.err());
    Run empty = generate(Files.createDirectories(folder.resolve("empty")), "x");
    assertTrue(empty.err().contains("holds no model"), empty.err());
    Run picture = generate(run, "x", "--image", folder.resolve("gone.png"));
    assertTrue(picture.err().contains("gone.png: no such file"), picture.err());
    assertEquals(2, generate(run, "x", "--top-p", "2").code());
  }

  @Test
  void piecesAddUpToTheText() throws IOException {
    try (Backend backend = Backend.best(); Llama3V llama = Llama3V.open(backend, run, null)) {
      List<String> pieces = new ArrayList<>();
      String text = llama.generate("a red car", List.of(Llama3V.image(wide)), false, 12, new Sampling(1, 1, 5), pieces::add);
      assertEquals(text, String.join("", pieces));
      assertTrue(llama.sees());
    }
  }

  private static Run generate(Path model, String prompt, Object... options) {
    List<Object> args = new ArrayList<>(List.of("generate", model, prompt, "--max-new", "4"));
    args.addAll(List.of(options));
    return Run.of(args.toArray());
  }
}

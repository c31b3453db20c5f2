package io.llama3v.train.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.SafetensorsWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Whole models against those of transformers and of Meta. */
class ParityTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path CORE = Path.of("../llama3v-core/src/test/resources/golden");
  @TempDir Path folder;

  /** Thousands of tiny operations: OpenMP's threads would wait for each other longer than they work. */
  @BeforeAll
  static void oneThread() {
    Nd4j.getExecutioner();
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
  }

  private record Outcome(int code, List<String> lines) {
    List<String> starting(String word) {
      return lines.stream().filter(line -> line.startsWith(word)).toList();
    }
  }

  private static Outcome run(String backendName, Path... folders) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Backend backend = Backend.named(backendName); PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      int code = Parity.run(List.of(folders), backend, out);
      assertEquals(0, backend.liveBytes(), "everything was released");
      return new Outcome(code, bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }
  }

  @ParameterizedTest
  @CsvSource({"cpu,llama,4", "cpu,llama_tied,5", "cpu,mllama,14", "nd4j,llama,4", "nd4j,llama_tied,5", "nd4j,mllama,14"})
  void agreesWithTheReference(String backend, String name, int results) {
    Outcome outcome = run(backend, GOLDEN.resolve(name));
    assertEquals(results, outcome.starting("PASS").size(), outcome::toString);
    assertEquals(results + 1, outcome.lines.size(), outcome::toString);
    assertEquals(0, outcome.code);
  }

  @ParameterizedTest
  @CsvSource({"cpu,llama_bf16", "cpu,llama_f16", "nd4j,llama_bf16", "nd4j,llama_f16"})
  void weightsOfSixteenBits(String backend, String name) {
    Outcome outcome = run(backend, CORE.resolve(name));
    assertEquals(1, outcome.starting("PASS").size(), outcome::toString);
    assertEquals(0, outcome.code);
  }

  /** Copies a case with one changed number in one of its tensors. */
  private Path changed(Path source, String file, String tensor, int index, float by) throws IOException {
    Path copy = folder.resolve("copy");
    AtomicFiles.copyTree(source, copy);
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    try (SafetensorsFile old = SafetensorsFile.open(source.resolve(file))) {
      for (String name : old.names()) {
        float[] values = old.readFloats(name);
        if (name.equals(tensor)) values[index] += by;
        entries.add(SafetensorsWriter.Entry.ofFloats(name, old.info(name).dtype(), old.info(name).shape(), values));
      }
    }
    Files.delete(copy.resolve(file));
    SafetensorsWriter.write(copy.resolve(file), entries);
    return copy;
  }

  @Test
  void oneWrongGradientFailsAndIsNamed() throws IOException {
    String name = "model.layers.1.self_attn.k_proj.weight";
    Outcome outcome = run("cpu", changed(GOLDEN.resolve("llama_tied"), "grads.safetensors", name, 5, 1e-3f));
    assertEquals(1, outcome.code);
    assertEquals(1, outcome.starting("FAIL").size(), outcome::toString);
    assertTrue(outcome.starting("FAIL").get(0).matches("FAIL copy/gradients +" + name + " .*"), outcome::toString);
  }

  @Test
  void aWrongWeightFailsEverythingThatDependsOnIt() throws IOException {
    Outcome outcome = run("cpu", changed(GOLDEN.resolve("llama_tied"), "model.safetensors", "model.layers.0.mlp.up_proj.weight", 0, 0.02f));
    assertEquals(5, outcome.starting("FAIL").size(), outcome::toString);
  }

  @Test
  void aWrongConfigurationFails() throws IOException {
    AtomicFiles.copyTree(GOLDEN.resolve("mllama"), folder.resolve("mllama"));
    ObjectNode config = (ObjectNode) Json.read(folder.resolve("mllama/config.json"));
    ((ObjectNode) config.get("vision_config")).put("norm_eps", 1e-3);
    Files.writeString(folder.resolve("mllama/config.json"), config.toString());
    Outcome outcome = run("cpu", folder.resolve("mllama"));
    assertEquals(1, outcome.code);
    assertTrue(outcome.starting("FAIL").stream().anyMatch(line -> line.contains("mllama/tile4/forward")), outcome::toString);
  }

  @Test
  void whatIsNoCaseFailsWithAReasonAndFlamingoIsSkipped() throws IOException {
    Files.createDirectories(folder.resolve("other"));
    Files.createDirectories(folder.resolve("video"));
    Files.writeString(folder.resolve("video/case.json"), "{\"config\": {\"num_latents\": 5}}");
    Files.writeString(folder.resolve("README.md"), "notes");
    Outcome outcome = run("cpu", folder.resolve("other"), folder.resolve("video"), folder.resolve("README.md"), folder.resolve("absent"));
    assertEquals(1, outcome.code);
    assertEquals(2, outcome.starting("FAIL").size(), outcome::toString);
    assertTrue(outcome.starting("FAIL").get(0).contains("not a case"), outcome::toString);
    assertTrue(outcome.starting("FAIL").get(1).contains("no such folder"), outcome::toString);
    assertEquals(1, outcome.starting("SKIP").size(), outcome::toString);
  }

  @Test
  void aFolderOfCasesStandsForThem() {
    Outcome outcome = run("cpu", CORE);
    assertEquals(0, outcome.code, outcome::toString);
    assertEquals(2, outcome.starting("PASS").size(), outcome::toString);
    assertFalse(outcome.lines.isEmpty());
  }
}

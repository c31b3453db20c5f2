package io.llama3v.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings against those of torch and transformers. */
class TrainParityTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path CLIP = Path.of("../llama3v-vision/src/test/resources/golden/clip_quickgelu");
  @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    AtomicFiles.copyTree(GOLDEN.resolve("train"), folder.resolve("train"));
    AtomicFiles.copyTree(CLIP, folder.resolve("clip_quickgelu"));
    AtomicFiles.copyTree(GOLDEN.resolve("mllama"), folder.resolve("mllama"));
    for (String batch : List.of("tile2", "two_images")) {
      AtomicFiles.copyTree(GOLDEN.resolve("train_cases").resolve(batch), folder.resolve("mllama/cases").resolve(batch));
    }
  }

  private JsonNode keep(String... trajectories) throws IOException {
    JsonNode root = Json.read(folder.resolve("train/case.json"));
    ((ObjectNode) root.get("log")).retain(List.of(trajectories));
    return root;
  }

  private List<ParityResult> run(String backendName, JsonNode root) throws IOException {
    Files.writeString(folder.resolve("train/case.json"), root.toString());
    assertTrue(TrainParity.recognises(folder.resolve("train")));
    try (Backend backend = Backend.named(backendName)) {
      List<ParityResult> results = TrainParity.run(folder.resolve("train"), backend);
      assertEquals(0, backend.liveBytes());
      return results;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "nd4j"})
  void contrastiveTrainingWithAndWithoutTheClamp(String backend) throws IOException {
    List<ParityResult> results = run(backend, keep("clip", "clip_clamp"));
    assertEquals(List.of("train/clip", "train/clip_clamp"), results.stream().map(ParityResult::name).toList());
    results.forEach(result -> assertTrue(result.passed(), result.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"image_first", "hf_rule_mixed"})
  void imageAdaptersOnAFrozenLanguageModel(String trajectory) throws IOException {
    ParityResult result = run("cpu", keep(trajectory)).get(0);
    assertTrue(result.passed(), result.toString());
  }

  @Test
  void theReferencesOwnRuleHoldsWhateverTheTrajectoryIsCalled() throws IOException {
    JsonNode root = keep("hf_rule_mixed");
    ObjectNode log = (ObjectNode) root.get("log");
    log.set("several_batches", log.remove("hf_rule_mixed"));
    ParityResult result = run("cpu", root).get(0);
    assertEquals("train/several_batches", result.name());
    assertTrue(result.passed(), result.toString());
  }

  @Test
  void everyTrajectoryOfTheReferenceIsRepeated() throws IOException {
    List<String> all = new ArrayList<>();
    Json.read(GOLDEN.resolve("train/case.json")).get("log").fieldNames().forEachRemaining(all::add);
    assertEquals(Set.of("clip", "clip_clamp", "image_first", "hf_rule_mixed"), Set.copyOf(all));
  }

  @Test
  void anotherOptimiserIsNoticed() throws IOException {
    JsonNode root = keep("clip");
    ((ObjectNode) root.get("log").get("clip").get("optimizer")).put("wd", 0);
    assertFalse(run("cpu", root).get(0).passed());
  }
}

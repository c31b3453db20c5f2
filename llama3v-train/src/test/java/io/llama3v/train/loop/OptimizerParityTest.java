package io.llama3v.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AdamW, clipping, schedules, mean and moving average against numbers of torch.optim and transformers. */
class OptimizerParityTest {
  static final Path GOLDEN = Path.of("src/test/resources/golden/optim");

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "nd4j"})
  void everyStepOfTheReferenceIsRepeated(String backendName) throws IOException {
    assertTrue(OptimizerParity.recognises(GOLDEN));
    try (Backend backend = Backend.named(backendName)) {
      List<ParityResult> results = OptimizerParity.run(GOLDEN, backend);
      assertEquals(List.of("optim/plain", "optim/clip_groups", "optim/schedules", "optim/soup"),
          results.stream().map(ParityResult::name).toList());
      for (ParityResult result : results) assertTrue(result.passed(), result.toString());
      assertEquals(0, backend.liveBytes());
    }
  }

  @Test
  void aWrongNumberIsNoticed(@TempDir Path folder) throws IOException {
    String json = Files.readString(GOLDEN.resolve("case.json"));
    Files.copy(GOLDEN.resolve("optim.safetensors"), folder.resolve("optim.safetensors"));
    Files.writeString(folder.resolve("case.json"), json.replaceFirst("\"eps\": 1e-08", "\"eps\": 1e-03"));
    try (Backend backend = Backend.best()) {
      assertFalse(OptimizerParity.run(folder, backend).get(0).passed());
    }
    Files.writeString(folder.resolve("case.json"), json.replaceFirst("0\\.9755282581475768", "0.9755282581"));
    try (Backend backend = Backend.best()) {
      ParityResult schedules = OptimizerParity.run(folder, backend).get(2);
      assertFalse(schedules.passed());
      assertEquals("cosine_warm0_total10[1]", schedules.worst());
    }
  }
}

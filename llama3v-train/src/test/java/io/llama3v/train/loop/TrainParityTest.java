package io.llama3v.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole trainings against those of torch and transformers. */
class TrainParityTest {
  private static final Path CLIP = Path.of("../llama3v-vision/src/test/resources/golden/clip_quickgelu");

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "nd4j"})
  void contrastiveTrainingWithAndWithoutTheClamp(String backendName, @TempDir Path folder) throws IOException {
    AtomicFiles.copyTree(Path.of("src/test/resources/golden/train"), folder.resolve("train"));
    AtomicFiles.copyTree(CLIP, folder.resolve("clip_quickgelu"));
    assertTrue(TrainParity.recognises(folder.resolve("train")));
    try (Backend backend = Backend.named(backendName)) {
      Map<String, ParityResult> results = TrainParity.run(folder.resolve("train"), backend).stream()
          .collect(Collectors.toMap(ParityResult::name, result -> result));
      for (String name : new String[] {"train/clip", "train/clip_clamp"}) {
        assertTrue(results.get(name).passed(), results.get(name).toString());
      }
      assertEquals(0, backend.liveBytes());
    }
  }
}

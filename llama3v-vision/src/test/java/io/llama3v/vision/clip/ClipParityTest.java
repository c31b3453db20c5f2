package io.llama3v.vision.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.SafetensorsWriter;
import io.llama3v.vision.image.ParityResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipParityTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @ParameterizedTest
  @CsvSource({"cpu,clip_gelu,4", "cpu,clip_quickgelu,4", "cpu,openclip_quickgelu,3", "nd4j,clip_gelu,4", "nd4j,clip_quickgelu,4",
      "nd4j,openclip_quickgelu,3"})
  void agreesWithTheReference(String backendName, String name, int groups) throws Exception {
    Path folder = GOLDEN.resolve(name);
    assertTrue(ClipParity.recognises(folder));
    try (Backend backend = Backend.named(backendName)) {
      List<ParityResult> results = ClipParity.run(folder, backend);
      assertEquals(groups, results.size(), results::toString);
      for (ParityResult result : results) assertTrue(result.passed(), result::toString);
      assertEquals(0, backend.liveBytes(), "everything was released");
    }
  }

  @Test
  void aWrongWeightFailsForwardAndGradients(@TempDir Path folder) throws Exception {
    Path source = GOLDEN.resolve("clip_gelu");
    for (String file : List.of("config.json", "case.json", "io.safetensors", "grads.safetensors")) {
      Files.copy(source.resolve(file), folder.resolve(file));
    }
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    try (SafetensorsFile weights = SafetensorsFile.open(source.resolve("model.safetensors"))) {
      for (String name : weights.names()) {
        float[] values = weights.readFloats(name);
        if (name.equals("vision_model.encoder.layers.1.mlp.fc1.bias")) values[3] += 0.05f;
        entries.add(SafetensorsWriter.Entry.ofFloats(name, weights.info(name).dtype(), weights.info(name).shape(), values));
      }
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries);
    try (Backend backend = Backend.named("cpu")) {
      for (ParityResult result : ClipParity.run(folder, backend)) assertFalse(result.passed(), result::toString);
    }
  }
}

package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that the reference implementation wrote. */
class GoldenCheckpointTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @ParameterizedTest
  @CsvSource({"llama_bf16,BF16", "llama_f16,F16"})
  void readsWhatSavePretrainedWrote(String folder, SafetensorsType dtype) throws Exception {
    try (WeightSource weights = ShardedWeights.open(GOLDEN.resolve(folder))) {
      assertEquals("pt", weights.metadata().get("format"));
      TensorInfo norm = weights.info("model.norm.weight");
      assertEquals(dtype, norm.dtype());
      float[] values = weights.readFloats("model.norm.weight");
      assertEquals(norm.elements(), values.length);
      for (float value : values) {
        assertTrue(Math.abs(value) < 10, "a norm's weight is near 1, not " + value);
      }
    }
  }

  @Test
  void smallWindowsReadTheSame() throws Exception {
    Path file = GOLDEN.resolve("llama_bf16/io.safetensors");
    try (SafetensorsFile whole = SafetensorsFile.open(file); SafetensorsFile cut = SafetensorsFile.open(file, 37)) {
      for (String name : whole.names()) {
        if (whole.info(name).dtype().isFloat()) {
          assertArrayEquals(whole.readFloats(name), cut.readFloats(name), name);
        } else {
          assertArrayEquals(whole.readLongs(name), cut.readLongs(name), name);
        }
      }
      float[] logits = whole.readFloats("out.logits_float32_compute");
      float[] part = new float[5];
      cut.readFloats("out.logits_float32_compute", 7, FloatBuffer.wrap(part));
      assertArrayEquals(Arrays.copyOfRange(logits, 7, 12), part);
    }
  }

  @Test
  void anUnknownNameListsTheNearest() throws Exception {
    try (WeightSource weights = ShardedWeights.open(GOLDEN.resolve("llama_f16"))) {
      SafetensorsException error = assertThrows(SafetensorsException.class, () -> weights.readFloats("model.nrm.weight"));
      assertTrue(error.getMessage().contains("nearest: model.norm.weight, "), error.getMessage());
      assertEquals(SafetensorsException.Rule.REQUEST, error.rule());
    }
  }

  @Test
  void aClosedFileRefuses() throws Exception {
    WeightSource weights = ShardedWeights.open(GOLDEN.resolve("llama_f16"));
    weights.close();
    weights.close();
    assertThrows(IllegalStateException.class, () -> weights.readFloats("model.norm.weight"));
  }
}

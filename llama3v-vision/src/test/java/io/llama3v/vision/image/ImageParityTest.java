package io.llama3v.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageParityTest {
  static final Path GOLDEN = Path.of("src/test/resources/golden");

  @Test
  void everyTransformReproducesTheReferenceBits() throws Exception {
    List<ParityResult> results = ImageParity.run(GOLDEN.resolve("image"));
    assertEquals(List.of("image.canvas", "image.resize", "image.mllama.t4", "image.mllama.t6", "image.clip", "image.mllama.batch"),
        results.stream().map(ParityResult::name).toList());
    for (ParityResult result : results) {
      assertTrue(result.passed(), result.toString());
      assertEquals(0, result.error(), result.toString());
    }
  }

  @Test
  void everyPositionResizerAgreesWithFloatRounding() throws Exception {
    List<ParityResult> results = ImageParity.run(GOLDEN.resolve("posembed"));
    assertEquals(6, results.size());
    for (ParityResult result : results) {
      // the tables' largest value is 3.5, so this is less than 1e-6 of it
      assertTrue(result.passed() && result.error() <= 2e-6, result.toString());
    }
  }

  @Test
  void oneWrongPixelFails(@TempDir Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(GOLDEN.resolve("image"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(GOLDEN.resolve("image").relativize(file).toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Path tensors = folder.resolve("expected.safetensors");
    byte[] bytes = Files.readAllBytes(tensors);
    bytes[bytes.length - 1] ^= 1;
    Files.write(tensors, bytes);
    List<ParityResult> failed = ImageParity.run(folder).stream().filter(result -> !result.passed()).toList();
    assertEquals(1, failed.size(), failed.toString());
    assertFalse(failed.get(0).worst().isEmpty());
  }

  @Test
  void preprocessorConfigsDescribeTheSameTransforms() throws Exception {
    RgbImage image = ImageDecoder.decode(GOLDEN.resolve("image/png/04_57x111_RGB.png"));
    MllamaTransform mllama = (MllamaTransform) ImageTransform.load(GOLDEN.resolve("image/preprocessor_config.json"));
    assertEquals(28, mllama.layout().tileSize());
    assertArrayEquals(new MllamaTransform(28, 4).apply(image).pixels(), mllama.apply(image).pixels());
    ClipTransform clip = (ClipTransform) ImageTransform.load(GOLDEN.resolve("image/clip/preprocessor_config.json"));
    assertArrayEquals(new ClipTransform(30).apply(image).pixels(), clip.apply(image).pixels());
  }
}

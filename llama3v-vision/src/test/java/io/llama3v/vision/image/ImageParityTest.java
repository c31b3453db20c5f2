package io.llama3v.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
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
  void rawResizesShowTheColoursBelowTransparentPixels(@TempDir Path folder) throws Exception {
    // What Pillow 12.3's open(file).convert("RGB").resize((1, 1), BILINEAR) gives: the stored colour, whatever its alpha.
    BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(0, 0, 0x40102030);
    ImageIO.write(picture, "png", folder.resolve("clear.png").toFile());
    Files.writeString(folder.resolve("case.json"),
        "{\"pillow_resizes\":[{\"tensor\":\"raw\",\"png\":\"clear.png\",\"target_hw\":[1,1],\"filter\":\"bilinear\"}]}");
    byte[] header = "{\"raw\":{\"dtype\":\"U8\",\"shape\":[1,1,3],\"data_offsets\":[0,3]}}".getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + 3).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header).put(new byte[] {0x10, 0x20, 0x30});
    Files.write(folder.resolve("expected.safetensors"), file.array());
    List<ParityResult> results = ImageParity.run(folder);
    assertEquals(List.of("image.resize"), results.stream().map(ParityResult::name).toList());
    assertTrue(results.get(0).passed(), results.toString());
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

package io.llama3v.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.image.ImageException;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ImageTransformTest {
  private static RgbImage gradient(int width, int height) {
    byte[] rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 31 + i / 7);
    }
    return new RgbImage(width, height, rgb);
  }

  @Test
  void writingIntoOffHeapMemoryLeavesTheRestAlone() {
    MllamaTransform transform = new MllamaTransform(8, 4);
    RgbImage image = gradient(20, 7);
    FloatBuffer buffer = ByteBuffer.allocateDirect((transform.floats() + 10) * 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
    for (int i = 0; i < buffer.capacity(); i++) {
      buffer.put(i, 77);
    }
    Placement placement = transform.write(image, buffer, 5);
    TiledImage same = transform.apply(image);
    assertEquals(same.placement(), placement);
    float[] written = new float[buffer.capacity()];
    buffer.get(0, written);
    assertArrayEquals(same.pixels(), Arrays.copyOfRange(written, 5, 5 + transform.floats()));
    for (int i = 0; i < 5; i++) {
      assertEquals(77, written[i]);
      assertEquals(77, written[written.length - 1 - i]);
    }
    assertThrows(IndexOutOfBoundsException.class, () -> transform.write(image, buffer, 11));
  }

  @Test
  void samplesWithoutPicturesArePadded() {
    MllamaTransform transform = new MllamaTransform(8, 4);
    TiledBatch batch = TiledBatch.of(List.of(List.of(), List.of(transform.apply(gradient(20, 7)))), transform);
    assertArrayEquals(new int[][] {{0}, {3}}, batch.aspectRatioIds());
    assertArrayEquals(new int[][] {{1}, {3}}, batch.tileCounts());
    assertEquals(0, batch.pixels()[0]);
    assertThrows(IllegalArgumentException.class, () -> TiledBatch.of(List.of(List.of()), transform));
  }

  @Test
  void aHairlineDoesNotFillMemory() {
    ImageException error = assertThrows(ImageException.class, () -> new ClipTransform(224).apply(RgbImage.filled(1, 65_000, 0)));
    assertTrue(error.getMessage().contains("too narrow"), error.getMessage());
  }

  @Test
  void missingKeysTakeTheProcessorsDefaults() throws IOException {
    MllamaTransform mllama = (MllamaTransform) config("{'image_processor_type':'MllamaImageProcessor'}");
    assertEquals(224, mllama.layout().tileSize());
    assertEquals(4, mllama.layout().maxTiles());
    assertEquals(1f, mllama.apply(RgbImage.filled(224, 224, 0xffffff)).pixels()[0]);
    ClipTransform clip = (ClipTransform) config("{'feature_extractor_type':'CLIPFeatureExtractor','size':30,'crop_size':20}");
    assertEquals(20, clip.size());
    assertArrayEquals(new ClipTransform(30, 20, ClipTransform.mean(), ClipTransform.std()).apply(gradient(40, 50)).pixels(),
        clip.apply(gradient(40, 50)).pixels());
  }

  @Test
  void unsupportedConfigurationsNameTheKey() {
    assertConfigError("{'image_processor_type':'ViTImageProcessor'}", "image_processor_type");
    assertConfigError("{'image_processor_type':'MllamaImageProcessor','size':{'height':28,'width':14}}", "size");
    assertConfigError("{'image_processor_type':'MllamaImageProcessor','resample':5}", "resample");
    assertConfigError("{'image_processor_type':'MllamaImageProcessor','image_mean':[0,1]}", "image_mean");
    assertConfigError("{'image_processor_type':'MllamaImageProcessor','image_std':[0,0,0]}", "finite");
    assertConfigError("{'image_processor_type':'CLIPImageProcessor','size':{'shortest_edge':-3}}", "size.shortest_edge");
    assertConfigError("{'image_processor_type':'MllamaImageProcessor','max_image_tiles':100000000}", "tiles");
  }

  @Test
  void augmentationDependsOnSeedEpochAndKeyOnly() {
    RgbImage image = gradient(31, 17);
    Augmentation augmentation = new Augmentation(0.6, 1.3, 1.5, 0.5, 0.1, 0.2);
    long seed = Augmentation.seed(1, 2, "shard:7");
    assertEquals(augmentation.apply(image, seed), augmentation.apply(image, seed));
    assertEquals(31, augmentation.apply(image, seed).width());
    long distinct = Stream.of(seed, Augmentation.seed(1, 3, "shard:7"), Augmentation.seed(2, 2, "shard:7"),
        Augmentation.seed(1, 2, "shard:8")).map(s -> augmentation.apply(image, s)).distinct().count();
    assertEquals(4, distinct);
    assertEquals(image, Augmentation.none().apply(image, seed));
    RgbImage inverted = new Augmentation(1, 1, 1, 1, 0, 0).apply(image, seed);
    assertEquals(0xffffff - image.pixel(3, 4), inverted.pixel(3, 4));
    RgbImage white = RgbImage.filled(9, 9, 0xffffff);
    assertEquals(white, new Augmentation(0.5, 2, 2, 0, 0, 0).apply(white, seed));
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(0, 1, 1, 0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Augmentation(Double.NaN, 1, 1, 0, 0, 0));
  }

  @Test
  void resizingToTheSameSizeIsFree() {
    RgbImage image = gradient(5, 4);
    assertEquals(image, Resize.resize(image, 5, 4, Resize.Filter.BICUBIC));
    RgbImage flat = RgbImage.filled(100, 3, 0x0a80ff);
    assertEquals(RgbImage.filled(7, 50, 0x0a80ff), Resize.resize(flat, 7, 50, Resize.Filter.BICUBIC));
    assertThrows(IllegalArgumentException.class, () -> Resize.resize(image, 0, 4, Resize.Filter.BILINEAR));
    assertThrows(IllegalArgumentException.class, () -> Resize.resize(image, 1 << 20, 1 << 20, Resize.Filter.BILINEAR));
  }

  /** Pillow takes columns first for very tall pictures; the order shows where cubic overshoot is clipped in between. */
  @Test
  void veryTallPicturesAreShortenedFirst() {
    RgbImage tall = gradient(2, 303);
    RgbImage expected = Resize.resize(Resize.resize(tall, 2, 90, Resize.Filter.BICUBIC), 60, 90, Resize.Filter.BICUBIC);
    assertEquals(expected, Resize.resize(tall, 60, 90, Resize.Filter.BICUBIC));
    RgbImage rowsFirst = Resize.resize(Resize.resize(tall, 60, 303, Resize.Filter.BICUBIC), 60, 90, Resize.Filter.BICUBIC);
    assertTrue(!expected.equals(rowsFirst));
  }

  private static ImageTransform config(String json) throws IOException {
    return new PreprocessorConfig(Json.parse(json.replace('\'', '"'), "preprocessor_config.json"), "preprocessor_config.json").transform();
  }

  private static void assertConfigError(String json, String key) {
    IOException error = assertThrows(IOException.class, () -> config(json));
    assertTrue(error.getMessage().contains(key) && error.getMessage().startsWith("preprocessor_config.json"), error.getMessage());
  }
}

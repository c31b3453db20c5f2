package io.llama3v.data.curate.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.PassOverShards;
import io.llama3v.data.curate.PassOverShards.Input;
import io.llama3v.data.curate.PictureInfo;
import io.llama3v.image.CopyEdit;
import io.llama3v.image.ImageEdits;
import io.llama3v.image.ImageFormat;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.tensor.CounterRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyStepTest {
  @TempDir
  private Path folder;

  /** A picture of coloured tiles; each seed another. */
  static RgbImage picture(int seed, int side) {
    Random random = new Random(seed);
    int[] colours = random.ints(64, 0, 1 << 24).toArray();
    byte[] rgb = new byte[3 * side * side];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int colour = colours[8 * (8 * y / side) + 8 * x / side];
        for (int c = 0; c < 3; c++) rgb[3 * (y * side + x) + c] = (byte) (colour >> 8 * c);
      }
    }
    return new RgbImage(side, side, rgb);
  }

  private static Input input(String id, int index, String caption, RgbImage image, double quality) {
    byte[] jpeg = ImageEdits.jpegBytes(image, quality);
    return new Input(CurationRecord.read(id, id, 3, index, List.of(caption),
        new PictureInfo(ImageFormat.JPEG, image.width(), image.height(), jpeg.length)), jpeg);
  }

  @Test
  void theBestOfEachPictureStays() throws IOException {
    List<Input> inputs = new ArrayList<>();
    for (int seed = 0; seed < 12; seed++) {
      inputs.add(input("p" + seed, inputs.size(), "a picture", picture(seed, 96), 0.95));
      if (seed % 3 != 0) continue;
      inputs.add(input("p" + seed + "-small", inputs.size(), "a small copy", Resize.resize(picture(seed, 96), 60, 60, Resize.Filter.BICUBIC), 0.9));
      inputs.add(input("p" + seed + "-large", inputs.size(), "a large copy", Resize.resize(picture(seed, 96), 200, 190, Resize.Filter.BICUBIC), 0.4));
    }
    CopyStep step = new CopyStep(PerceptualHash.COSINE, CopySettings.of(0.75), List.of(Quality.Criterion.RESOLUTION), "clip");
    Map<String, CurationRecord> one = run(step, List.of(inputs), 5);
    for (int seed = 0; seed < 12; seed++) {
      if (seed % 3 != 0) {
        assertTrue(one.get("p" + seed).kept());
        assertEquals(Map.of(), one.get("p" + seed).notes());
        continue;
      }
      assertTrue(one.get("p" + seed + "-large").kept());
      for (String copy : List.of("p" + seed, "p" + seed + "-small")) {
        assertEquals(new Drop("copies", "copy"), one.get(copy).drop());
        assertEquals("p" + seed + "-large", one.get(copy).notes().get(CurationRecord.CLUSTER));
        assertTrue(one.get(copy).scores().get("copy") >= 0.75);
      }
      assertEquals("p" + seed + "-large", one.get("p" + seed + "-large").notes().get(CurationRecord.CLUSTER));
    }
    List<Input> shuffled = new ArrayList<>(inputs);
    Collections.shuffle(shuffled, new Random(3));
    assertEquals(one, run(step, List.of(shuffled.subList(0, 7), shuffled.subList(7, 8), shuffled.subList(8, 20)), 3));
  }

  private Map<String, CurationRecord> run(CopyStep step, List<List<Input>> shards, int batch) throws IOException {
    Map<String, CurationRecord> byId = new TreeMap<>();
    for (CurationRecord r : PassOverShards.run(step, shards, batch, folder)) byId.put(r.id(), r);
    return byId;
  }

  /** Describes a picture of one colour by the angle that its red value is, in degrees. */
  private static final class Angle implements ImageDescriptor {
    @Override
    public String fingerprint() {
      return "angle";
    }

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public float[][] describe(List<RgbImage> images) {
      return images.stream().map(i -> Math.toRadians(i.rgb()[0] & 255)).map(a -> new float[] {(float) Math.cos(a), (float) Math.sin(a)})
          .toArray(float[][]::new);
    }

    @Override
    public void close() {}
  }

  @Test
  void calibrationByHand() {
    // Copies are flips, so the same angle; wrong candidates at cosines of 10, 80 and 90 degrees: 0.9848, 0.1736, 0, each both ways.
    List<RgbImage> images = List.of(RgbImage.filled(2, 2, 0), RgbImage.filled(2, 2, 10 << 16), RgbImage.filled(2, 2, 90 << 16));
    try (Backend backend = Backend.named("nd4j")) {
      ThresholdCalibration c = ThresholdCalibration.measure(new Angle(), images, List.of(CopyEdit.FLIP), 1, backend);
      ThresholdCalibration.Result all = c.threshold(1);
      assertEquals(0.985, all.threshold(), 1e-9);
      assertEquals(1, all.precision());
      assertEquals(1, all.recall());
      assertEquals(Map.of(CopyEdit.FLIP, 1.0), all.byEdit());
      assertEquals(0.175, c.threshold(0.6).threshold(), 1e-9);
      assertEquals(0.6, c.threshold(0.6).precision(), 1e-12);
      assertEquals(3 / 7.0, c.threshold(0.4).precision(), 1e-12);
      // In a pool of 6, W doubles: 1 / (1 + 2 * 2/3).
      assertEquals(3 / 7.0, c.threshold(0.42, 6, 1).precision(), 1e-12);
      assertEquals(0.175, c.threshold(0.42, 6, 1).threshold(), 1e-9);
      // No wrong pair among 6: -ln 0.025 = 3.6889 of them may be expected, and 3 of 3 copies found are at least 3 / (3 + 1.96^2).
      ThresholdCalibration.Result none = c.threshold(1, 6, 1);
      assertEquals(new ThresholdCalibration.Found(3, 3, 0, 6), none.found());
      assertEquals(0.4385 / (0.4385 + 2 * 3.6889 / 3), none.least(), 1e-4);
      assertEquals(1, none.most());
      // Two wrong ones: up to 7.2247, half of the 97.5 % quantile of chi-square with 6 degrees of freedom; at least 0.2422.
      ThresholdCalibration.Result two = c.threshold(0.42, 6, 1);
      assertEquals(0.4385 / (0.4385 + 2 * 7.2247 / 3), two.least(), 2e-4);
      assertEquals(1 / (1 + 2 * 0.2422 / 3), two.most(), 1e-2); // Wilson and Hilferty are off by a tenth of so small a bound
      // Only every tenth picture has a copy: 0.1 / (0.1 + 2/3).
      assertEquals(0.985, c.threshold(0.5, 3, 0.1).threshold(), 1e-9);
      List<RgbImage> same = List.of(RgbImage.filled(2, 2, 0), RgbImage.filled(2, 2, 0));
      ThresholdCalibration hopeless = ThresholdCalibration.measure(new Angle(), same, List.of(CopyEdit.FLIP), 1, backend);
      String message = assertThrows(IllegalStateException.class, () -> hopeless.threshold(0.9)).getMessage();
      assertTrue(message.contains("0.9"), message);
    }
  }

  @Test
  void calibratedThresholdKeepsItsPrecisionOnOtherPictures() {
    List<RgbImage> train = new ArrayList<>();
    List<RgbImage> test = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      train.add(picture(1000 + i, 64));
      test.add(picture(2000 + i, 64));
    }
    List<CopyEdit> edits = List.of(CopyEdit.JPEG, CopyEdit.BLUR, CopyEdit.SCALE, CopyEdit.TONE, CopyEdit.OVERLAY, CopyEdit.CROP);
    try (Backend backend = Backend.named("nd4j")) {
      ThresholdCalibration.Result result = ThresholdCalibration.measure(PerceptualHash.COSINE, train, edits, 1, backend).threshold(0.9);
      assertTrue(result.precision() >= 0.9 && result.least() < result.precision() && result.least() > 0.8, result.toString());
      assertTrue(result.byEdit().get(CopyEdit.SCALE) > 0.95, "a hash finds scaled copies: " + result);
      assertTrue(result.byEdit().get(CopyEdit.CROP) < 0.7, "and not crops: " + result);
      int right = 0;
      int wrong = 0;
      CounterRandom random = new CounterRandom(77, "other copies");
      float[][] originals = PerceptualHash.COSINE.describe(test);
      for (int i = 0; i < test.size(); i++) {
        for (CopyEdit edit : edits) {
          RgbImage copy = edit.apply(test.get(i), test.get((i + 7) % 60), random, (i * 10L + edit.ordinal()) * CopyEdit.DRAWS);
          float[] v = PerceptualHash.COSINE.describe(List.of(copy))[0];
          for (int j = 0; j < test.size(); j++) {
            double dot = 0;
            for (int k = 0; k < 64; k++) dot += v[k] * originals[j][k];
            if (dot < result.threshold() - 1e-6) continue;
            if (i == j) right++;
            else wrong++;
          }
        }
      }
      assertTrue((double) right / (right + wrong) > 0.85, right + " right, " + wrong + " wrong at " + result);
    }
  }
}

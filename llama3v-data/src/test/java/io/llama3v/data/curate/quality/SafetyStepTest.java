package io.llama3v.data.curate.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.PictureInfo;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageFormat;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetyStepTest {
  @TempDir Path dir;

  /** Dark pictures are unsafe; a face is in the upper left corner of wide ones. */
  private static final SafetyProvider PROVIDER = new SafetyProvider() {
    @Override
    public Optional<PictureClassifier> classifier(String name) {
      return name.equals("dark") ? Optional.of(new PictureClassifier() {
        @Override
        public String name() {
          return "dark";
        }

        @Override
        public String fingerprint() {
          return "dark 1";
        }

        @Override
        public double[] score(List<RgbImage> images) {
          return images.stream().mapToDouble(i -> 1 - (i.pixel(i.width() - 1, i.height() - 1) & 255) / 255.0).toArray();
        }
      }) : Optional.empty();
    }

    @Override
    public Optional<FaceFinder> faceFinder() {
      return Optional.of(new FaceFinder() {
        @Override
        public String fingerprint() {
          return "faces 1";
        }

        @Override
        public List<List<Face>> find(List<RgbImage> images) {
          return images.stream().map(i -> i.width() > i.height() ? List.of(new Face(-5, 0, 12, 12)) : List.<Face>of()).toList();
        }
      });
    }
  };

  private static Candidate candidate(byte[] png, int width, int height) {
    return new Candidate(CurationRecord.read("a", "a", 0, 0, List.of("x"), new PictureInfo(ImageFormat.PNG, width, height, png.length)), png);
  }

  @Test
  void listedHashesAreBlocked() throws IOException {
    byte[] bad = TestPictures.png(8, 8, 1);
    Path list = Files.writeString(dir.resolve("hashes"), "# known\n" + Digests.sha256(bad).toUpperCase(Locale.ROOT) + "\n");
    SafetyStep step = new SafetyStep(new SafetyConfig(list, null, false), List.of());
    List<CurationRecord> judged = step.measure(List.of(candidate(bad, 8, 8), candidate(TestPictures.png(8, 8, 2), 8, 8)));
    assertEquals("blocked-hash", judged.get(0).drop().reason());
    assertNull(judged.get(1).drop());
    Files.write(list, new byte[] {'#', '\n', (byte) 0xff, '\n'});
    IOException binary = assertThrows(IOException.class, () -> new SafetyStep(new SafetyConfig(list, null, false), List.of()));
    assertTrue(binary.getMessage().contains("hashes:2: not valid UTF-8"), binary.getMessage());
    Files.writeString(list, "no hash\n");
    IOException refused = assertThrows(IOException.class, () -> new SafetyStep(new SafetyConfig(list, null, false), List.of()));
    assertTrue(refused.getMessage().contains("hashes:1"), refused.getMessage());
  }

  @Test
  void classifiersDropFromTheirThreshold() throws IOException {
    SafetyStep step = new SafetyStep(new SafetyConfig(null, Map.of("dark", 0.9), false), List.of(PROVIDER));
    byte[] black = TestPictures.png(8, 8, 0);
    CurationRecord record = step.measure(List.of(candidate(black, 8, 8))).get(0);
    assertEquals(1.0, record.scores().get("safety.dark"));
    assertEquals("unsafe-dark", record.drop().reason());
    assertThrows(IllegalArgumentException.class, () -> new SafetyStep(new SafetyConfig(null, Map.of("other", 0.5), false), List.of(PROVIDER)));
    assertThrows(IllegalArgumentException.class, () -> new SafetyStep(new SafetyConfig(null, null, true), List.of()));
    assertThrows(IllegalArgumentException.class, () -> new SafetyConfig(null, Map.of("dark", 50.0), false), "per cent, which nothing reaches");
  }

  @Test
  void facesAreBlurredInTheCuratedPicture() throws IOException {
    SafetyStep step = new SafetyStep(new SafetyConfig(null, null, true), List.of(PROVIDER));
    byte[] rgb = new byte[32 * 16 * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) (i / 3 % 2 == 0 ? 100 : 200); // stripes of one pixel
    }
    byte[] png = FaceBlur.apply(new RgbImage(32, 16, rgb), List.of(), ImageFormat.PNG);
    CurationRecord record = step.measure(List.of(candidate(png, 32, 16))).get(0);
    assertTrue(record.kept() && step.editsPictures());
    RgbImage blurred = ImageDecoder.decode(step.edit(record, png), "blurred");
    // 12 x 12 in sixths: cells of 2 x 2, whose red is the mean of 100 and 200
    assertEquals(150 << 16, blurred.pixel(3, 3));
    assertEquals(150 << 16, blurred.pixel(11, 11));
    assertEquals(100 << 16, blurred.pixel(12, 3));
    assertEquals(200 << 16, blurred.pixel(13, 15));
    CurationRecord without = step.measure(List.of(candidate(TestPictures.png(8, 16, 1), 8, 16))).get(0);
    byte[] bytes = {1, 2};
    assertSame(bytes, step.edit(without, bytes));
  }
}

package io.llama3v.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.io.Limits;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadImageTest {
  @ParameterizedTest
  @CsvSource({"65500, 65500, too large", "1, 2147483648, too long", "2147483648, 1, too long", "4294967295, 4294967295, too long",
      "65501, 1, too long", "9460, 9460, too large", "0, 5, empty", "5, 0, empty"})
  void sizesAreRefusedFromTheHeaderAlone(long width, long height, String problem) throws IOException {
    // no pixel data follows, so any attempt to decode would say "truncated" instead
    byte[] png = png(width, height, 8, 2, new byte[0]);
    assertProblem(png, problem, width + "x" + height);
  }

  @Test
  void otherFormatsAreRefusedFromTheirHeaders() {
    byte[] gif = "GIF89a\0\0\u00ff\u00ff\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertProblem(gif, "0x65535", "empty");
    byte[] bmp = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).put((byte) 'B').put((byte) 'M')
        .putInt(14, 40).putInt(18, 65_000).putInt(22, Integer.MIN_VALUE).array();
    assertProblem(bmp, "65000x2147483648", "too long");
    byte[] jpeg = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xc0, 0, 17, 8, (byte) 0xff, (byte) 0xdc, (byte) 0xff, (byte) 0xdc, 3};
    assertProblem(jpeg, "65500x65500", "too large");
    byte[] webp = ByteBuffer.allocate(32).put("RIFF....WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10)
        .putInt(0).put(new byte[] {-1, -1, -1, -1, -1, -1}).array();
    assertProblem(webp, "16777216x16777216", "too long");
  }

  @Test
  void moreBytesThanAllowedAreNotRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("large.png");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(Limits.IMAGE_BYTES + 1L);
    }
    ImageException error = assertThrows(ImageException.class, () -> ImageDecoder.decode(file));
    assertTrue(error.getMessage().contains("too many"), error.getMessage());
  }

  @Test
  void whatIsNoPictureIsNamed() {
    assertProblem(new byte[0], "empty");
    assertProblem("<html>not found</html>".getBytes(StandardCharsets.UTF_8), "not an image");
    assertProblem(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, "truncated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgba.png", "p.png", "rgb16.png", "rgb.jpg", "rgb420.jpg", "l.jpg", "cmyk.jpg", "p.gif", "rgb.bmp",
      "rgb.webp", "lossy.webp"})
  void truncatedFilesAreRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(ImageDecoderTest.IMAGES.resolve(name));
    for (int length : new int[] {3, 20, whole.length / 4, whole.length / 2, whole.length * 3 / 4, whole.length * 9 / 10}) {
      byte[] cut = Arrays.copyOf(whole, length);
      ImageException error = assertThrows(ImageException.class, () -> ImageDecoder.decode(cut, "cut to " + length),
          name + " cut to " + length + " of " + whole.length);
      assertEquals("cut to " + length, error.source());
    }
  }

  @Test
  void damageInsideAPngIsFound() throws IOException {
    byte[] png = Files.readAllBytes(ImageDecoderTest.IMAGES.resolve("rgba.png"));
    png[png.length / 2] ^= 4;
    assertProblem(png, "checksum");
  }

  /** A comment that would expand to a gigabyte is never inflated, and a broken one does not cost the picture. */
  @Test
  void textAndProfileChunksAreSkipped() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.write("key\0\0".getBytes(StandardCharsets.US_ASCII));
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(bomb, new Deflater(9))) {
      byte[] spaces = new byte[1 << 20];
      for (int i = 0; i < 32; i++) {
        deflater.write(spaces);
      }
    }
    byte[] palette = Files.readAllBytes(ImageDecoderTest.IMAGES.resolve("p.png"));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(palette, 0, 33);
    file.write(chunk("zTXt", bomb.toByteArray()));
    file.write(chunk("iCCP", new byte[] {1, 2, 3}));
    file.write(chunk("pHYs", new byte[0]));
    file.write(palette, 33, palette.length - 33);
    assertEquals(ImageDecoder.decode(palette, "plain"), ImageDecoder.decode(file.toByteArray(), "with text"));
  }

  /** Whatever the bytes, the answer is a picture of the header's size or an ImageException. */
  @ParameterizedTest
  @ValueSource(strings = {"rgba.png", "p4_trns.png", "l16.png", "rgb.jpg", "rgb420.jpg", "ycck.jpg", "p_trns.gif", "p.bmp",
      "rgb.bmp", "rgba.webp", "lossy.webp"})
  void mutatedFilesNeverEscape(String name) throws IOException {
    byte[] whole = Files.readAllBytes(ImageDecoderTest.IMAGES.resolve(name));
    SplittableRandom random = new SplittableRandom(11);
    int refused = 0;
    for (int round = 0; round < 150; round++) {
      byte[] mutant = mutate(whole, random, name.endsWith(".png"));
      try {
        RgbImage image = ImageDecoder.decode(mutant, name + " mutant " + round);
        ImageHeader.checkSize(image.width(), image.height(), "decoded");
      } catch (ImageException expected) {
        refused++;
      }
    }
    assertTrue(refused > 0, "no mutant of " + name + " was refused");
  }

  private static byte[] mutate(byte[] whole, SplittableRandom random, boolean repairChecksums) {
    byte[] mutant = random.nextInt(8) == 0 ? Arrays.copyOf(whole, 1 + random.nextInt(whole.length)) : whole.clone();
    for (int i = 0; i <= random.nextInt(3); i++) {
      // half of the changes hit the first bytes, where the sizes are
      int at = random.nextInt(random.nextBoolean() ? mutant.length : Math.min(mutant.length, 48));
      mutant[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : mutant[at] ^ 1 << random.nextInt(8));
    }
    if (repairChecksums) {
      for (int at = 8; at + 12 <= mutant.length; ) {
        long length = ByteBuffer.wrap(mutant).getInt(at) & 0xffffffffL;
        if (length > mutant.length - at - 12) {
          break;
        }
        CRC32 crc = new CRC32();
        crc.update(mutant, at + 4, (int) length + 4);
        ByteBuffer.wrap(mutant).putInt(at + 8 + (int) length, (int) crc.getValue());
        at += 12 + (int) length;
      }
    }
    return mutant;
  }

  private static void assertProblem(byte[] bytes, String... parts) {
    ImageException error = assertThrows(ImageException.class, () -> ImageDecoder.decode(bytes, "shard-3.tar:0007"));
    for (String part : List.of(parts)) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
    assertTrue(error.getMessage().startsWith("shard-3.tar:0007: "), error.getMessage());
  }

  private static byte[] png(long width, long height, int depth, int colourType, byte[] data) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    byte[] header = ByteBuffer.allocate(13).putInt((int) width).putInt((int) height).put((byte) depth)
        .put((byte) colourType).array();
    file.write(chunk("IHDR", header));
    file.write(chunk("IDAT", data));
    file.write(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  private static byte[] chunk(String type, byte[] data) throws IOException {
    byte[] body = new byte[4 + data.length];
    System.arraycopy(type.getBytes(StandardCharsets.US_ASCII), 0, body, 0, 4);
    System.arraycopy(data, 0, body, 4, data.length);
    CRC32 crc = new CRC32();
    crc.update(body);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(data.length);
    out.write(body);
    out.writeInt((int) crc.getValue());
    return bytes.toByteArray();
  }
}

package io.llama3v.data.curate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs made to crash a reader or to fill its memory, curated by a process with a small heap. */
class HostileInputTest {
  private static final String HEAP = "-Xmx384m";
  private static final int MEGABYTES_OF_ZEROS = 600;
  @TempDir Path dir;

  /** The process: curates {@code args[0]} and prints what became of the samples. */
  public static final class Process {
    private Process() {}

    public static void main(String[] args) throws IOException {
      String yaml = """
          run: %s
          threads: 2
          inputs: [{shards: '%s/*.tar'}, {shards: '%s/*.tar.gz'}, {shards: '%s/*.jsonl.gz'}]
          steps: [rules]
          rules: {min_words: 1, min_characters: 1, min_side: 1, max_aspect: 1000}
          """.formatted(args[1], args[0], args[0], args[0]);
      Funnel funnel = Curation.run(ConfigLoader.parse(yaml, "test", CurationConfig.class, List.of()));
      Map<String, Long> outcome = new TreeMap<>();
      funnel.stages().forEach(s -> s.reasons().forEach(r -> outcome.put(s.step() + "/" + r.reason(), r.count())));
      outcome.put("kept", funnel.kept());
      outcome.put("input", funnel.input());
      System.out.println(outcome);
    }
  }

  private static Sample with(Sample sample, String extension, byte[] bytes) {
    Map<String, byte[]> members = new LinkedHashMap<>(sample.members());
    members.put(extension, bytes);
    return new Sample(sample.key(), members);
  }

  private static byte[] large(int width, int height) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY), "png", out);
    return out.toByteArray();
  }

  /** A PNG of white pixels in shades of grey, with all its pixels, a thousandth of their size; a chunk of text before them does the same. */
  private static byte[] white(int width, int height, int textMegabytes) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(new byte[] {(byte) 137, 'P', 'N', 'G', 13, 10, 26, 10});
    chunk(png, "IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put(new byte[] {8, 0, 0, 0, 0}).array());
    if (textMegabytes > 0) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      text.writeBytes("Comment\0\0".getBytes(StandardCharsets.US_ASCII));
      text.writeBytes(deflated(textMegabytes, 1 << 20));
      chunk(png, "zTXt", text.toByteArray());
    }
    chunk(png, "IDAT", deflated(height, 1 + width));
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static byte[] deflated(int rows, int bytes) {
    byte[] row = new byte[bytes];
    Arrays.fill(row, 1, bytes, (byte) 255);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, new Deflater(Deflater.BEST_SPEED), 1 << 16)) {
      for (int y = 0; y < rows; y++) {
        deflate.write(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
    byte[] body = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data).array();
    CRC32 crc = new CRC32();
    crc.update(body);
    png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    png.writeBytes(body);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /** Three samples, of which the second's caption claims to be 8 GB long. */
  private void lie() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("raw"), "lie", 100, Long.MAX_VALUE)) {
      for (String key : List.of("before", "lying", "behind")) {
        writer.write(TestPictures.sample(key, TestPictures.png(16, 16, key.length()), "caption " + key));
      }
    }
    Path file = dir.resolve("raw/lie-000000.tar");
    byte[] tar = Files.readAllBytes(file);
    int header = 0;
    while (!new String(tar, header, 9, StandardCharsets.US_ASCII).equals("lying.txt")) {
      header += 512;
    }
    System.arraycopy("77777777777\0".getBytes(StandardCharsets.US_ASCII), 0, tar, header + 124, 12);
    Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
    int sum = 0;
    for (int i = header; i < header + 512; i++) {
      sum += tar[i] & 255;
    }
    System.arraycopy(String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII), 0, tar, header + 148, 8);
    Files.write(file, tar);
  }

  private void zeros(String name) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(dir.resolve("raw").resolve(name)))) {
      byte[] megabyte = new byte[1 << 20];
      Arrays.fill(megabyte, (byte) (name.contains("jsonl") ? '[' : 0x41));
      for (int i = 0; i < MEGABYTES_OF_ZEROS; i++) {
        out.write(megabyte);
      }
    }
  }

  @Test
  void nothingHostileCrashesOrFillsMemory() throws Exception {
    byte[] png = TestPictures.png(16, 16, 3);
    byte[] big = large(4000, 3000); // 12 megapixels, two at a time are 72 MB of RGB and as much again in the decoder
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("raw"), "h", 100, Long.MAX_VALUE)) {
      writer.write(TestPictures.sample("good", png, "a good one"));
      writer.write(TestPictures.sample("bomb", TestPictures.bomb(30_000, 20_000), "600 megapixels"));
      writer.write(TestPictures.sample("fat", new byte[40 << 20], "a member over the limit"));
      writer.write(with(TestPictures.sample("deep", png, "x"), "json", "[".repeat(2_000_000).getBytes(StandardCharsets.US_ASCII)));
      writer.write(TestPictures.sample("text", png, "y".repeat(3 << 20)));
      for (int i = 0; i < 6; i++) {
        writer.write(TestPictures.sample("big" + i, big, "a large picture"));
      }
      writer.write(TestPictures.sample("real", white(30_000, 20_000, 0), "600 megapixels, all of them there"));
      writer.write(TestPictures.sample("comment", white(16, 16, 400), "a picture with 400 MB of text in it"));
      writer.write(with(TestPictures.sample("letters", png, "x"), "txt", new byte[] {'a', (byte) 0xc3, (byte) 0x28, (byte) 0xff}));
      writer.write(TestPictures.sample("good", png, "a key that is there already"));
      writer.write(TestPictures.sample("last", png, "another good one"));
    }
    lie();
    zeros("bomb.tar.gz");
    zeros("bomb.jsonl.gz");
    java.lang.Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), HEAP, "--add-modules",
        "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), Process.class.getName(), dir.resolve("raw").toString(),
        dir.resolve("run").toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), printed);
    Map<String, Long> expected = new TreeMap<>(Map.of("input", 21L, "kept", 11L, "read/picture-too-large", 2L, "read/sample-too-large", 1L,
        "read/caption-unreadable", 3L, "read/damaged-archive", 3L, "keys/duplicate-key", 1L));
    assertEquals(expected.toString(), printed);
  }
}

package io.llama3v.data.curate.spark;

import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.data.shard.TarShardWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/** Eight shards of twelve samples with dirt at known places, and a configuration that has every kind of reduction. */
final class DirtyShards {
  private static final int SHARDS = 8;
  private static final int SAMPLES = 12;
  private static final String[] COLOURS = {"red", "green", "blue", "violet"};

  /** What becomes of them; resampling drops by its draws and is compared, not foretold. */
  static final Map<String, Long> DROPPED = new TreeMap<>(Map.of("read/picture-damaged", 1L, "read/picture-too-large", 1L,
      "read/damaged-archive", 1L, "rules/picture-small", 1L, "keys/duplicate-key", 1L, "boilerplate/repeated-caption", 7L, "copies/copy", 3L));

  private DirtyShards() {}

  static void write(Path folder) throws IOException {
    try (TarShardWriter writer = new TarShardWriter(folder, "r", SAMPLES, Long.MAX_VALUE)) {
      for (int i = 0; i < SHARDS * SAMPLES; i++) {
        String key = String.format(Locale.ROOT, "s%03d", i);
        String caption = "a " + COLOURS[i % 4] + " pattern of kind " + "abcdefghij".charAt(i / 10) + "klmnopqrst".charAt(i % 10);
        byte[] png = png(i);
        switch (i) {
          case 3 -> png = TestPictures.png(15, 24, i); // small
          case 17 -> png = Arrays.copyOf(png, png.length / 2); // damaged behind the header
          case 29 -> png = TestPictures.bomb(30_000, 20_000);
          case 41 -> key = "s001"; // a key that shard 0 has
          case 53, 66, 67 -> png = png(5); // copies
          default -> { }
        }
        if (i % SAMPLES == 11) {
          caption = "Click here, offer " + i + "!"; // in each shard, numbers differ
        }
        writer.write(TestPictures.sample(key, png, caption));
      }
    }
    Path cut = folder.resolve("r-000007.tar"); // its last sample is lost
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1024 - 1024 - 600));
    Files.writeString(folder.resolve("words.txt"), "red\ngreen\nblue\npattern\n");
  }

  /** Blocks of random grey, so that no two seeds look alike. */
  private static byte[] png(int seed) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(36, 32, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 32; y += 4) {
      for (int x = 0; x < 36; x += 4) {
        int grey = random.nextInt(256) * 0x010101;
        for (int k = 0; k < 16; k++) {
          image.setRGB(x + k % 4, y + k / 4, grey);
        }
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  static String yaml(Path folder, String run) {
    return """
        run: %1$s/%2$s
        seed: 7
        threads: 1
        inputs: [{shards: '%1$s/raw/r-*.tar'}]
        output: {name: c, shard_samples: 16}
        steps: [rules, boilerplate, copies, resample]
        rules: {min_words: 2, min_characters: 4, min_side: 16, max_aspect: 2}
        boilerplate: {max_count: 5, max_fraction: 0}
        copies: {descriptor: dhash}
        resample: {words: ['%1$s/raw/words.txt'], threshold: 8}
        """.formatted(folder, run);
  }

  /** Counts by step and reason, without those of resampling. */
  static Map<String, Long> dropped(Funnel funnel) {
    Map<String, Long> counts = new TreeMap<>();
    funnel.stages().stream().filter(s -> !s.step().equals("resample"))
        .forEach(s -> s.reasons().forEach(r -> counts.put(s.step() + "/" + r.reason(), r.count())));
    return counts;
  }
}

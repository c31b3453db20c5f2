import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Pairs to measure curation with: captions of English words by Zipf's law, and small pictures of coloured patches. Two in a hundred captions
 * are boilerplate, five name something that no dictionary has, and three pictures in a hundred are another one's copy. Also
 * {@code words.txt}, a vocabulary of the words. The same number gives the same bytes.
 *
 * <pre>
 * java -cp "llama3v-train/target/lib/*" examples/bench/SyntheticPairs.java FOLDER PAIRS
 * </pre>
 */
public class SyntheticPairs {
  private static final int SHARD = 5000;
  private static final int WORDS = 20_000;
  private static final int SIDE = 32;
  private static final int PATCH = 4;
  private static final String[] SHAPES = {"a photo of a %s with a %s", "%s and %s near the %s", "the %s of a %s %s in a %s", "old %s, new %s and %s",
      "a %s on the %s by the %s at a %s", "%s %s %s for the %s", "this is my %s in the %s"};
  private static final String[] BOILERPLATE = {"Click here to view the full size image", "Image not available at the moment",
      "Download this free stock picture now"};

  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int pairs = Integer.parseInt(args[1]);
    List<String> words = words();
    Files.write(folder.resolve("words.txt"), words);
    try (TarShardWriter writer = new TarShardWriter(folder, "pairs", SHARD, Long.MAX_VALUE)) {
      for (int i = 0; i < pairs; i++) {
        SplittableRandom random = new SplittableRandom(i);
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("png", picture(i >= 100 && random.nextInt(100) < 3 ? random.nextInt(i) : i));
        members.put("txt", caption(words, random).getBytes(StandardCharsets.UTF_8));
        writer.write(new Sample(String.format("%09d", i), members));
      }
    }
  }

  /** Nouns of WordNet, the common ones being any. */
  private static List<String> words() throws IOException {
    List<String> nouns = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        SyntheticPairs.class.getResourceAsStream("/net/sf/extjwnl/data/wordnet/wn31/index.noun"), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String noun = line.substring(0, line.indexOf(' '));
        if (noun.matches("[a-z]{3,10}")) nouns.add(noun);
      }
    }
    Collections.shuffle(nouns, new Random(1));
    return List.copyOf(nouns.subList(0, WORDS));
  }

  private static String caption(List<String> words, SplittableRandom random) {
    int kind = random.nextInt(100);
    if (kind < 2) return BOILERPLATE[random.nextInt(BOILERPLATE.length)];
    String shape = SHAPES[random.nextInt(SHAPES.length)];
    while (shape.contains("%s")) shape = shape.replaceFirst("%s", words.get((int) Math.pow(WORDS, random.nextDouble()) % WORDS));
    return kind < 7 ? shape + " by Zo" + Integer.toString(random.nextInt(100_000), 26).replaceAll("\\d", "x") : shape;
  }

  /** A PNG of 8 by 8 patches. */
  private static byte[] picture(int number) {
    SplittableRandom random = new SplittableRandom(~(long) number);
    int[] colours = random.ints(SIDE / PATCH * (SIDE / PATCH)).toArray();
    byte[] raw = new byte[SIDE * (1 + 3 * SIDE)];
    int at = 0;
    for (int y = 0; y < SIDE; y++) {
      raw[at++] = 0;
      for (int x = 0; x < SIDE; x++) {
        int colour = colours[y / PATCH * (SIDE / PATCH) + x / PATCH];
        for (int shift = 16; shift >= 0; shift -= 8) raw[at++] = (byte) (colour >> shift);
      }
    }
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    deflater.setInput(raw);
    deflater.finish();
    byte[] packed = new byte[raw.length + 64];
    int length = deflater.deflate(packed);
    deflater.end();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(new byte[] {(byte) 137, 'P', 'N', 'G', 13, 10, 26, 10});
    chunk(png, "IHDR", ByteBuffer.allocate(13).putInt(SIDE).putInt(SIDE).put(new byte[] {8, 2, 0, 0, 0}).array());
    chunk(png, "IDAT", java.util.Arrays.copyOf(packed, length));
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
    byte[] body = ByteBuffer.allocate(4 + data.length).put(type.getBytes(StandardCharsets.US_ASCII)).put(data).array();
    CRC32 crc = new CRC32();
    crc.update(body);
    png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    png.writeBytes(body);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}

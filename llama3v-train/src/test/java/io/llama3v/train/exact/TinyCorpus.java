package io.llama3v.train.exact;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;

/** A corpus in the layout of the pipeline's, of coloured squares, in a fraction of a second. One training picture is damaged. */
public final class TinyCorpus {
  private static final String[] COLOURS = {"red", "green", "blue", "yellow", "black", "white", "orange"};
  private static final int[] RGB = {0xd02020, 0x20a020, 0x2030d0, 0xe0d020, 0x101010, 0xf8f8f8, 0xf08010};
  private static final String[] THINGS = {"cat", "dog", "house", "tree", "boat", "car", "moon", "fish"};

  private TinyCorpus() {}

  public static void write(Path folder) throws IOException {
    shard(folder, "icons/train", 22, 16, false);
    shard(folder, "scenes/train", 26, 40, false);
    shard(folder, "questions/train", 18, 40, true);
    shard(folder, "questions/validation", 4, 40, true);
    for (String set : new String[] {"eval/concepts", "eval/family"}) shard(folder, set, 5, 16, false);
    for (String set : new String[] {"eval/questions", "eval/questions-seen"}) shard(folder, set, 3, 40, true);
    for (String set : new String[] {"eval/captions", "eval/captions-seen"}) shard(folder, set, 2, 40, false);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 60; i++) text.append(caption(i)).append('\n');
    Files.createDirectories(folder.resolve("text"));
    Files.writeString(folder.resolve("text/train.txt"), text);
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      answers.append("{\"question\":\"What colour is it?\",\"images\":[\"questions/train-000000.tar#train-").append(i).append("\"],\"answer\":\"")
          .append(COLOURS[i % COLOURS.length]).append("\"}\n");
    }
    Files.writeString(folder.resolve("answers.jsonl"), answers);
  }

  private static void shard(Path folder, String set, int samples, int side, boolean questions) throws IOException {
    Path base = folder.resolve(set);
    try (TarShardWriter writer = new TarShardWriter(base.getParent(), base.getFileName().toString(), 10, Long.MAX_VALUE)) {
      for (int i = 0; i < samples; i++) {
        Map<String, byte[]> members = new LinkedHashMap<>();
        byte[] png = picture(i, side);
        // Its place is filled by the next sample, and it is counted: also after a resume.
        if (set.endsWith("scenes/train") && i == 7) png[png.length / 2] ^= 0x55;
        members.put("png", png);
        members.put("json", (questions ? question(i) : names(i)).getBytes(StandardCharsets.UTF_8));
        writer.write(new Sample(base.getFileName() + "-" + i, members));
      }
    }
  }

  private static byte[] picture(int i, int side) throws IOException {
    int width = side + i % 3 * side / 2;
    BufferedImage image = new BufferedImage(width, side, BufferedImage.TYPE_INT_RGB);
    var graphics = image.createGraphics();
    graphics.setColor(Color.LIGHT_GRAY);
    graphics.fillRect(0, 0, width, side);
    graphics.setColor(new Color(RGB[i % RGB.length]));
    graphics.fillRect(i % 5, i % 4, side / 2 + i % 3, side / 2);
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return png.toByteArray();
  }

  private static String caption(int i) {
    return "a " + COLOURS[i % COLOURS.length] + " " + THINGS[i % THINGS.length] + " and a " + THINGS[(i + 3) % THINGS.length];
  }

  private static String names(int i) {
    String colour = COLOURS[i % COLOURS.length];
    return "{\"names\":\"" + THINGS[i % THINGS.length] + " " + i + "\",\"colour\":\"" + colour + "\",\"captions\":[\"" + caption(i) + "\",\"a "
        + colour + " thing\"]}";
  }

  private static String question(int i) {
    return "{\"conversations\":[{\"kind\":\"colour\",\"question\":\"What colour is it?\",\"answer\":\"" + COLOURS[i % COLOURS.length]
        + "\"},{\"kind\":\"what\",\"question\":\"What is it?\",\"answer\":\"" + THINGS[i % THINGS.length] + "\"}]}";
  }
}

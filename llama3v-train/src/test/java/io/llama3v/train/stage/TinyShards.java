package io.llama3v.train.stage;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;

/** Pictures that are red or blue, and say so. */
public final class TinyShards {
  private TinyShards() {}

  /** Sample i is red where i is even; one in three also has a conversation. */
  public static Sample sample(int i) throws IOException {
    boolean red = i % 2 == 0;
    BufferedImage image = new BufferedImage(16 + i % 3 * 8, 16, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 16; y++) for (int x = 0; x < image.getWidth(); x++) image.setRGB(x, y, red ? 0xdd1100 + i : 0x0011dd + i);
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("png", png.toByteArray());
    members.put("txt", (red ? "a red car" : "a blue car").getBytes(StandardCharsets.UTF_8));
    if (i % 3 == 0) {
      members.put("json", ("{\"conversations\": [{\"question\": \"colour\", \"answer\": \"" + (red ? "red" : "blue") + "\"}]}")
          .getBytes(StandardCharsets.UTF_8));
    }
    return new Sample("s" + i, members);
  }

  /** Two shards, {@code train-000000.tar} and {@code train-000001.tar}, of six samples each. */
  public static void write(Path folder) throws IOException {
    try (TarShardWriter writer = new TarShardWriter(folder, "train", 6, 1 << 20)) {
      for (int i = 0; i < 12; i++) writer.write(sample(i));
    }
  }
}

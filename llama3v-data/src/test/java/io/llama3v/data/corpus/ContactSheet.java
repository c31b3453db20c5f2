package io.llama3v.data.corpus;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** For people: lays samples of a set out on one picture. Arguments: shard pattern, output PNG, first, step. */
final class ContactSheet {
  private static final int COLUMNS = 6;
  private static final int ROWS = 6;
  private static final int CELL = 260;

  private ContactSheet() {}

  public static void main(String[] args) throws Exception {
    BufferedImage sheet = new BufferedImage(COLUMNS * CELL, ROWS * 200, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    g.setColor(new Color(90, 110, 130));
    g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
    try (ShardIndex index = ShardIndex.open(args[0])) {
      long i = Long.parseLong(args[2]);
      for (int cell = 0; cell < COLUMNS * ROWS && i < index.size(); cell++, i += Long.parseLong(args[3])) {
        Sample sample = index.read(i);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(sample.image()));
        int x = cell % COLUMNS * CELL;
        int y = cell / COLUMNS * 200;
        double f = Math.min(1.0, 128.0 / image.getHeight());
        g.drawImage(image, x + 2, y + 2, (int) (image.getWidth() * f), (int) (image.getHeight() * f), null);
        g.setColor(Color.WHITE);
        StringBuilder text = new StringBuilder(sample.text());
        sample.json().path("conversations").forEach(q -> text.append(" | ").append(q.get("question").asText())
            .append(' ').append(q.get("answer").asText()));
        for (int line = 0, at = 0; at < text.length() && line < 5; line++, at += 44) {
          g.drawString(text.substring(at, Math.min(text.length(), at + 44)), x + 3, y + 142 + line * 12);
        }
      }
    }
    g.dispose();
    ImageIO.write(sheet, "png", Path.of(args[1]).toFile());
  }
}

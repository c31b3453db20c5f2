package io.llama3v.data.document.flow;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.Box;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.data.document.TextBox;
import io.llama3v.image.RgbImage;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Draws flow charts. */
public final class FlowRenderer {
  private static final List<Color> FILLS = List.of(new Color(0xe3eef9), new Color(0xe6f4ea), new Color(0xfdf1dc), new Color(0xf6e4ee), Color.WHITE);
  private final DocumentFonts fonts;

  /** A picture and the boxes of its nodes, with what they say. */
  public record Drawn(RgbImage image, List<TextBox> nodes) {}

  public FlowRenderer(DocumentFonts fonts) {
    this.fonts = fonts;
  }

  /** Draws a chart that fills a picture of that size. */
  public Drawn draw(Draw draw, FlowChart chart, PictureLimits size) {
    BufferedImage image = new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, size.width(), size.height());
      List<TextBox> nodes = paint(graphics, draw.of(FILLS), chart, size);
      return new Drawn(RgbImage.of(image), nodes);
    } finally {
      graphics.dispose();
    }
  }

  private List<TextBox> paint(Graphics2D graphics, Color fill, FlowChart chart, PictureLimits size) {
    boolean sides = chart.nodes().stream().anyMatch(FlowChart.Node::decision);
    int row = size.height() / chart.nodes().size();
    int wide = size.width() * (sides ? 42 : 60) / 100;
    int high = row * 58 / 100;
    int middle = sides ? size.width() * 27 / 100 : size.width() / 2;
    int side = size.width() * 78 / 100;
    int sideWide = size.width() * 38 / 100;
    graphics.setFont(fonts.sans().deriveFont(Font.PLAIN, Math.max(8f, Math.min(high * 0.3f, wide / 11f))));
    graphics.setStroke(new BasicStroke(1.5f));
    List<TextBox> boxes = new ArrayList<>();
    for (int i = 0; i < chart.nodes().size(); i++) {
      FlowChart.Node node = chart.nodes().get(i);
      int y = row * i + row / 2;
      Box box = new Box(middle - wide / 2, y - high / 2, middle + wide / 2, y + high / 2);
      boxes.add(new TextBox(node.text(), box));
      node(graphics, fill, node.text(), box, node.decision());
      if (node.decision()) {
        Box no = new Box(side - sideWide / 2, y - high / 2, side + sideWide / 2, y + high / 2);
        boxes.add(new TextBox(node.no(), no));
        node(graphics, fill, node.no(), no, false);
        arrow(graphics, box.right(), y, no.left(), y, "no");
      }
      if (i + 1 < chart.nodes().size()) arrow(graphics, middle, box.bottom(), middle, row * (i + 1) + row / 2 - high / 2, node.decision() ? "yes" : "");
    }
    return boxes;
  }

  private static void node(Graphics2D graphics, Color fill, String text, Box box, boolean diamond) {
    int x = (box.left() + box.right()) / 2;
    int y = (box.top() + box.bottom()) / 2;
    Polygon shape = diamond ? new Polygon(new int[] {box.left(), x, box.right() - 1, x}, new int[] {y, box.top(), y, box.bottom() - 1}, 4)
        : new Polygon(new int[] {box.left(), box.right() - 1, box.right() - 1, box.left()},
            new int[] {box.top(), box.top(), box.bottom() - 1, box.bottom() - 1}, 4);
    graphics.setColor(fill);
    graphics.fill(shape);
    graphics.setColor(Color.DARK_GRAY);
    graphics.draw(shape);
    graphics.setColor(Color.BLACK);
    FontMetrics metrics = graphics.getFontMetrics();
    graphics.drawString(text, x - metrics.stringWidth(text) / 2, y + (metrics.getAscent() - metrics.getDescent()) / 2);
  }

  private static void arrow(Graphics2D graphics, int x1, int y1, int x2, int y2, String label) {
    graphics.setColor(Color.DARK_GRAY);
    graphics.drawLine(x1, y1, x2, y2);
    boolean across = y1 == y2;
    graphics.fill(across ? new Polygon(new int[] {x2, x2 - 6, x2 - 6}, new int[] {y2, y2 - 4, y2 + 4}, 3)
        : new Polygon(new int[] {x2, x2 - 4, x2 + 4}, new int[] {y2, y2 - 6, y2 - 6}, 3));
    FontMetrics metrics = graphics.getFontMetrics();
    graphics.drawString(label, across ? (x1 + x2 - metrics.stringWidth(label)) / 2 : x1 + 5,
        across ? y1 - 4 : (y1 + y2 + metrics.getAscent() - metrics.getDescent()) / 2);
  }
}

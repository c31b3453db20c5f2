package io.llama3v.data.document.html;

import com.openhtmltopdf.java2d.Java2DFont;
import com.openhtmltopdf.newtable.TableCellBox;
import com.openhtmltopdf.newtable.TableRowBox;
import com.openhtmltopdf.render.FSFont;
import com.openhtmltopdf.render.InlineLayoutBox;
import com.openhtmltopdf.render.InlineText;
import com.openhtmltopdf.render.LineBox;
import com.openhtmltopdf.render.RenderingContext;
import io.llama3v.data.document.Box;
import io.llama3v.data.document.ElementBox;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.TextBox;
import io.llama3v.image.RgbImage;
import java.awt.Font;
import java.awt.Rectangle;
import java.awt.font.FontRenderContext;
import java.awt.font.LineMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;

/**
 * Reads words and elements with their boxes out of a layout tree. One unit of the tree is one pixel.
 *
 * <p>Text is in the order of the tree: words of a block joined by blanks, blocks by line ends, cells of a table row by tabs.
 */
final class LayoutReader {
  /** The attribute that holds an element's number. */
  static final String NUMBER = "data-llama3v-number";
  private static final FontRenderContext FRACTIONS_OFF = new FontRenderContext(null, true, false);
  private final RenderingContext context;
  private final List<Element> sources;
  private final int width;
  private final int height;
  private final List<TextBox> words = new ArrayList<>();
  private final Map<Integer, Box> elements = new LinkedHashMap<>();
  private final StringBuilder text = new StringBuilder();
  private char separator = '\n';
  private boolean joined;

  LayoutReader(RenderingContext context, List<Element> sources, int width, int height) {
    this.context = context;
    this.sources = sources;
    this.width = width;
    this.height = height;
  }

  Page read(com.openhtmltopdf.render.Box root, RgbImage image) {
    block(root);
    List<ElementBox> found = new ArrayList<>();
    elements.forEach((number, box) -> {
      Element source = sources.get(number);
      found.add(new ElementBox(source.normalName(), source.text(), code(source), box));
    });
    return new Page(image, text.toString(), words, found);
  }

  private static String code(Element source) {
    return source.closest("pre") == null && source.selectFirst("pre") == null ? source.outerHtml().replaceAll("\\s+", " ") : source.outerHtml();
  }

  private void block(com.openhtmltopdf.render.Box box) {
    element(box, box.getPaintingBorderEdge(context));
    if (box instanceof TableCellBox && box.getParent() instanceof TableRowBox row && row.getChildCount() > 0 && row.getChild(0) != box) {
      separate('\t');
    } else {
      separate('\n');
    }
    for (int i = 0; i < box.getChildCount(); i++) {
      com.openhtmltopdf.render.Box child = box.getChild(i);
      if (child instanceof LineBox line) {
        line(line);
      } else {
        block(child);
      }
    }
    separate('\n');
  }

  private void line(LineBox line) {
    for (int i = 0; i < line.getChildCount(); i++) inline(line.getChild(i));
    joined = false;
    if (line.isEndsOnNL()) separate('\n'); // <br>, or a line of <pre>
    for (com.openhtmltopdf.render.Box beside : line.getNonFlowContent()) block(beside);
  }

  private void inline(com.openhtmltopdf.render.Box box) {
    if (!(box instanceof InlineLayoutBox part)) {
      block(box);
      return;
    }
    element(part, part.getPaintingBorderEdge(context));
    for (int i = 0; i < part.getInlineChildCount(); i++) {
      Object child = part.getInlineChild(i);
      if (child instanceof InlineText run) {
        run(part, run);
      } else if (child instanceof com.openhtmltopdf.render.Box inner) {
        inline(inner);
      }
    }
  }

  private void element(com.openhtmltopdf.render.Box box, Rectangle edge) {
    if (box.getElement() == null || box.getPseudoElementOrClass() != null || edge.width < 1 || edge.height < 1 || !visible(box)) return;
    String number = box.getElement().getAttribute(NUMBER);
    Box drawn = new Box(edge.x, edge.y, edge.x + edge.width, edge.y + edge.height).clipped(width, height);
    if (number.isEmpty() || drawn == null) return;
    elements.merge(Integer.parseInt(number), drawn, Box::union); // an inline element has a box on every line
  }

  private static boolean visible(com.openhtmltopdf.render.Box box) {
    return box.getStyle() != null && box.getStyle().isVisible(null, box);
  }

  private void run(InlineLayoutBox parent, InlineText run) {
    String all = run.getSubstring();
    if (all.isBlank()) {
      joined &= all.isEmpty();
      return;
    }
    if (!visible(parent)) return;
    FSFont font = parent.getStyle().getFSFont(context);
    Font awt = fontFor(font, all);
    LineMetrics metrics = awt.getLineMetrics(all, FRACTIONS_OFF);
    double x = parent.getAbsX() + run.getX();
    double baseline = parent.getAbsY() + parent.getBaseline();
    joined &= !Character.isWhitespace(all.charAt(0));
    for (int start = 0; start < all.length();) {
      if (Character.isWhitespace(all.charAt(start))) {
        start++;
        joined = false;
        continue;
      }
      int end = start;
      while (end < all.length() && !Character.isWhitespace(all.charAt(end))) end++;
      Box box = Box.around(x + advance(awt, all, start) - 1, baseline - metrics.getAscent(), x + advance(awt, all, end) + 1, baseline + metrics.getDescent())
          .clipped(width, height);
      if (box != null) word(all.substring(start, end), box);
      start = end;
    }
  }

  /** The first of the fonts that has all the letters, as the renderer chooses. */
  private static Font fontFor(FSFont font, String text) {
    List<Font> fonts = ((Java2DFont) font).getAWTFonts();
    return fonts.stream().filter(f -> f.canDisplayUpTo(text) < 0).findFirst().orElse(fonts.get(0));
  }

  private static double advance(Font font, String text, int end) {
    return end == 0 ? 0 : font.getStringBounds(text, 0, end, FRACTIONS_OFF).getWidth();
  }

  private void word(String word, Box box) {
    if (joined && separator == ' ' && !words.isEmpty()) { // a word that changes its style within: "H<sub>2</sub>O"
      TextBox last = words.remove(words.size() - 1);
      words.add(new TextBox(last.text() + word, last.box().union(box)));
      text.append(word);
      return;
    }
    if (!text.isEmpty()) text.append(separator);
    text.append(word);
    words.add(new TextBox(word, box));
    separator = ' ';
    joined = true;
  }

  private void separate(char with) {
    if (separator != '\n' || with == '\t') separator = with;
    joined = false;
  }
}

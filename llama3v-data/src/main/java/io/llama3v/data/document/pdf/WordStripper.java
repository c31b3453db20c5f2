package io.llama3v.data.document.pdf;

import io.llama3v.data.document.Box;
import io.llama3v.data.document.TextBox;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.pdmodel.font.PDFontDescriptor;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/**
 * Takes the text of a page in reading order, and beside it the words with their boxes. Words that stand on their side or upside down
 * are in the text, and have no box.
 */
final class WordStripper extends PDFTextStripper {
  private final double scale;
  private final int width;
  private final int height;
  private final List<TextBox> words = new ArrayList<>();

  /** @param scale pixels for a point */
  WordStripper(double scale, int width, int height) {
    this.scale = scale;
    this.width = width;
    this.height = height;
    setSortByPosition(true);
    setLineSeparator("\n");
    setParagraphStart("");
    setPageEnd("");
  }

  List<TextBox> words() {
    return words;
  }

  @Override
  protected void writeString(String text, List<TextPosition> letters) throws IOException {
    super.writeString(text, letters);
    StringBuilder word = new StringBuilder();
    Box box = null;
    for (TextPosition letter : letters) {
      if (letter.getUnicode() == null || letter.getUnicode().isBlank()) {
        add(word, box);
        box = null;
        continue;
      }
      Box own = box(letter);
      word.append(letter.getUnicode());
      box = box == null || own == null ? own : box.union(own);
    }
    add(word, box);
  }

  private void add(StringBuilder word, Box box) {
    if (!word.isEmpty() && box != null) words.add(new TextBox(word.toString(), box));
    word.setLength(0);
  }

  private Box box(TextPosition letter) {
    if (Math.round(letter.getDir()) != Math.floorMod(letter.getRotation(), 360)) return null; // upright is what is turned as the page is
    double size = letter.getFontSizeInPt();
    PDFontDescriptor font = letter.getFont().getFontDescriptor();
    double ascent = font == null ? 0.8 : clamp(font.getAscent() / 1000, 0.7, 1.1);
    double descent = font == null ? 0.25 : clamp(-font.getDescent() / 1000, 0.15, 0.4);
    double x = letter.getXDirAdj() * scale;
    double y = letter.getYDirAdj() * scale;
    double right = x + letter.getWidthDirAdj() * scale;
    if (!(Double.isFinite(x) && Double.isFinite(y) && Double.isFinite(right)) || Math.abs(x) > 1e6 || Math.abs(y) > 1e6) return null;
    return Box.around(x - 1, y - ascent * size * scale, right + 1, y + descent * size * scale).clipped(width, height);
  }

  private static double clamp(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }
}

package io.llama3v.data.document.grounding;

import io.llama3v.data.document.Box;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Boxes in texts: {@code <box>(0.125,0.250,0.500,0.750)</box>} is (x_min, y_min, x_max, y_max) in fractions of the picture's width and
 * height, between two tokens.
 *
 * @param open   what stands before the four numbers
 * @param close  what stands behind them
 * @param digits behind the decimal point
 */
public record BoxText(String open, String close, int digits) {
  /** Fills in {@code <box>}, {@code </box>} and 3 digits, and checks. */
  public BoxText {
    open = open == null ? "<box>" : open;
    close = close == null ? "</box>" : close;
    digits = digits == 0 ? 3 : digits;
    if (open.isBlank() || close.isBlank() || open.equals(close)) {
      throw new IllegalArgumentException("a box needs two different tokens around it; found '" + open + "' and '" + close + "'");
    }
    if (digits < 1 || digits > 6) throw new IllegalArgumentException("digits " + digits + "; expected 1 to 6");
  }

  /** A box of fractions of a picture: 0 ≤ left &lt; right ≤ 1. */
  public record Fractions(double left, double top, double right, double bottom) {
    /** In pixels of a picture of that size, rounded to the nearest. */
    public Box on(int width, int height) {
      int l = (int) Math.round(left * width);
      int t = (int) Math.round(top * height);
      return new Box(l, t, Math.max(l + 1, (int) Math.round(right * width)), Math.max(t + 1, (int) Math.round(bottom * height)));
    }
  }

  /** The text of a box on a picture of that size. */
  public String write(Box box, int width, int height) {
    return write((double) box.left() / width, (double) box.top() / height, (double) box.right() / width, (double) box.bottom() / height);
  }

  /** The text of a box of fractions. */
  public String write(Fractions box) {
    return write(box.left, box.top, box.right, box.bottom);
  }

  private String write(double left, double top, double right, double bottom) {
    return open + "(" + number(left) + "," + number(top) + "," + number(right) + "," + number(bottom) + ")" + close;
  }

  private String number(double fraction) {
    return String.format(Locale.ROOT, "%." + digits + "f", fraction);
  }

  /** All well-formed boxes in a text, such as an answer of a model; whatever else stands there is passed over. */
  public List<Fractions> read(String text) {
    String number = "\\s*([01](?:\\.\\d+)?|\\.\\d+)\\s*";
    Matcher m = Pattern.compile(Pattern.quote(open) + "\\s*\\(" + number + "," + number + "," + number + "," + number + "\\)\\s*" + Pattern.quote(close))
        .matcher(text);
    List<Fractions> found = new ArrayList<>();
    while (m.find()) {
      double l = Double.parseDouble(m.group(1));
      double t = Double.parseDouble(m.group(2));
      double r = Double.parseDouble(m.group(3));
      double b = Double.parseDouble(m.group(4));
      if (l <= r && t <= b && r <= 1 && b <= 1) found.add(new Fractions(l, t, r, b));
    }
    return found;
  }

  /** Whether a text could be mistaken for one with a box. */
  public boolean occursIn(String text) {
    return text.contains(open) || text.contains(close);
  }
}

package io.llama3v.train.report;

import java.util.Locale;

/** A little HTML builder that escapes every text and attribute it is given. */
final class Html {
  private final StringBuilder out = new StringBuilder();

  /** Text with what has a meaning in HTML made harmless, and without control characters. */
  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> {
          if (c >= ' ' || c == '\n' || c == '\t') {
            safe.append(c);
          }
        }
      }
    }
    return safe.toString();
  }

  /** Opens an element: {@code open("td", "class", "n")}. */
  Html open(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"").append(escape(attributes[i + 1])).append('"');
    }
    out.append('>');
    return this;
  }

  Html close(String element) {
    out.append("</").append(element).append('>');
    return this;
  }

  /** Escaped text; nothing for null. */
  Html text(String text) {
    out.append(text == null ? "" : escape(text));
    return this;
  }

  /** A whole element with text inside. */
  Html element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close(element);
  }

  /** Markup made by this package, as it is. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /** A number for a coordinate or a percentage: at most two decimals. */
  static String n(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    int end = text.length();
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    text = text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    return text.equals("-0") ? "0" : text;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}

package io.llama3v.train.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * The string operations of Python that the published scorers rest on. Java's namesakes differ: {@code String.strip} leaves a no-break
 * space in place, {@code Double.parseDouble} takes {@code 1f} and {@code 0x1p3}, and lengths count UTF-16 units.
 */
final class PythonText {
  private static final Pattern FLOAT =
      Pattern.compile("[+-]?(?:\\d+(?:_\\d+)*\\.?(?:\\d+(?:_\\d+)*)?|\\.\\d+(?:_\\d+)*)(?:[eE][+-]?\\d+(?:_\\d+)*)?");
  private static final Pattern NAMED = Pattern.compile("([+-]?)(inf|infinity|nan)", Pattern.CASE_INSENSITIVE);

  private PythonText() { }

  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || c == 0x85 || c == 0xA0 || c == 0x2007 || c == 0x202F;
  }

  static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isSpace(text.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /** Removes every leading and trailing {@code c}. */
  static String strip(String text, char c) {
    int from = 0;
    int to = text.length();
    while (from < to && text.charAt(from) == c) {
      from++;
    }
    while (to > from && text.charAt(to - 1) == c) {
      to--;
    }
    return text.substring(from, to);
  }

  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= text.length(); i++) {
      boolean space = i == text.length() || isSpace(text.charAt(i));
      if (space && start >= 0) {
        words.add(text.substring(start, i));
        start = -1;
      } else if (!space && start < 0) {
        start = i;
      }
    }
    return words;
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Length in code points. */
  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** What {@code float(text)} gives; empty where Python raises {@code ValueError}. */
  static OptionalDouble parseFloat(String text) {
    String bare = strip(text);
    if (FLOAT.matcher(bare).matches()) {
      return OptionalDouble.of(Double.parseDouble(bare.replace("_", "")));
    }
    var named = NAMED.matcher(bare);
    if (!named.matches()) {
      return OptionalDouble.empty();
    }
    double magnitude = lower(named.group(2)).startsWith("inf") ? Double.POSITIVE_INFINITY : Double.NaN;
    return OptionalDouble.of(named.group(1).equals("-") ? -magnitude : magnitude);
  }
}

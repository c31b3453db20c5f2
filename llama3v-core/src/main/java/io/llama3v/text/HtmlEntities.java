package io.llama3v.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Resolves HTML character references, named and numeric, the way browsers do: a missing semicolon is forgiven for the old names, of
 * which the longest that fits is taken. Source: WHATWG HTML, section 13.2.5.72 onwards.
 */
final class HtmlEntities {
  private static final Pattern REFERENCE =
      Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
  private static final Pattern TERMINATED = Pattern.compile("&(#?[0-9A-Za-z]{1,24};)");
  /** What Windows-1252 puts at 0x80 … 0x9F; 0 where it has nothing and the control character stays. */
  private static final int[] WINDOWS_1252 = {0x20AC, 0, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039,
      0x152, 0, 0x17D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0, 0x17E,
      0x178};

  private HtmlEntities() {}

  static String unescape(String text) {
    return text.indexOf('&') < 0 ? text
        : REFERENCE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(resolve(match.group(1), match.group())));
  }

  /**
   * Resolves only what is certain to be meant: references that end in a semicolon, and names written in capitals throughout, as in
   * {@code &EACUTE;}, where no other entity has that name.
   */
  static String unescapeUnambiguous(String text) {
    return text.indexOf('&') < 0 ? text
        : TERMINATED.matcher(text).replaceAll(match -> Matcher.quoteReplacement(certain(match.group(1), match.group())));
  }

  /** The character that Windows-1252 has at a C1 control code, or the code itself where it has none. */
  static int windows1252(int point) {
    int windows = WINDOWS_1252[point - 0x80];
    return windows != 0 ? windows : point;
  }

  private static String certain(String body, String whole) {
    if (body.charAt(0) == '#') {
      boolean number = body.matches("#([0-9]+|[xX][0-9a-fA-F]+);");
      return number && !numeric(body).equals(";") ? numeric(body) : whole;
    }
    String exact = Names.TABLE.get(body);
    if (exact == null && body.equals(body.toUpperCase(Locale.ROOT)) && resolve(body, whole).equals(whole)) {
      String lower = Names.TABLE.get(body.toLowerCase(Locale.ROOT));
      exact = lower == null ? null : lower.toUpperCase(Locale.ROOT);
    }
    return exact == null ? whole : exact;
  }

  private static String resolve(String body, String whole) {
    if (body.charAt(0) == '#') {
      return numeric(body);
    }
    String exact = Names.TABLE.get(body);
    if (exact != null) {
      return exact;
    }
    for (int end = body.length() - 1; end > 1; end--) {
      String start = Names.TABLE.get(body.substring(0, end));
      if (start != null) {
        return start + body.substring(end);
      }
    }
    return whole;
  }

  private static String numeric(String body) {
    String digits = body.substring(1, body.endsWith(";") ? body.length() - 1 : body.length());
    boolean hexadecimal = digits.charAt(0) == 'x' || digits.charAt(0) == 'X';
    int point = 0;
    for (int i = hexadecimal ? 1 : 0; i < digits.length() && point <= Character.MAX_CODE_POINT; i++) {
      point = point * (hexadecimal ? 16 : 10) + Character.digit(digits.charAt(i), 16);
    }
    if (point >= 0x80 && point <= 0x9F) {
      return Character.toString(windows1252(point));
    }
    if (point == 0 || point > Character.MAX_CODE_POINT || point >= 0xD800 && point <= 0xDFFF) {
      return "\uFFFD";
    }
    return meaningless(point) ? "" : Character.toString(point);
  }

  /** Control characters and noncharacters, which Python's {@code html.unescape}, and so CLIP's tokenizer, drops. */
  private static boolean meaningless(int point) {
    return point < 0x9 || point == 0xB || point >= 0xE && point < 0x20 || point == 0x7F
        || point >= 0xFDD0 && point <= 0xFDEF || (point & 0xFFFE) == 0xFFFE;
  }

  /** Read when a reference with a name is first met. */
  private static final class Names {
    private static final Map<String, String> TABLE = read();

    private static Map<String, String> read() {
      Map<String, String> table = new HashMap<>();
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(
          HtmlEntities.class.getResourceAsStream("html-entities.txt"), StandardCharsets.US_ASCII))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] fields = line.split(" ");
          if (!line.startsWith("#")) {
            StringBuilder value = new StringBuilder();
            for (int i = 1; i < fields.length; i++) {
              value.appendCodePoint(Integer.parseInt(fields[i], 16));
            }
            table.put(fields[0], value.toString());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return table;
    }
  }
}

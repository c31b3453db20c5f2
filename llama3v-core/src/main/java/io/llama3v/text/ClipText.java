package io.llama3v.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cleans captions as CLIP's tokenizer does. Everything that open_clip's use of ftfy does is followed except its guessing at text that
 * was decoded with the wrong character set (mojibake), which is left as it stands.
 */
final class ClipText {
  private static final Pattern WHITE_SPACE = Pattern.compile("[\\s\\x1C-\\x1F]+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern TERMINAL_COLOUR = Pattern.compile("\\x1B\\[[0-9;]*[a-zA-Z]");
  /** Each round removes a level of escaping; no honest text has this many. */
  private static final int MAX_ROUNDS = 16;

  private ClipText() {}

  static String clean(String text) {
    String plain = HtmlEntities.unescape(HtmlEntities.unescape(repair(Unicode.wellFormed(text))));
    return WHITE_SPACE.matcher(plain).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
  }

  /** Line by line until nothing changes; entities are resolved only before the first line that looks like mark-up. */
  private static String repair(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean entities = true;
    for (int start = 0, end; start < text.length(); start = end) {
      end = text.indexOf('\n', start) + 1;
      end = end == 0 ? text.length() : end;
      String line = text.substring(start, end);
      entities &= line.indexOf('<') < 0;
      String before = null;
      for (int round = 0; round < MAX_ROUNDS && !line.equals(before); round++) {
        before = line;
        line = characters(entities ? HtmlEntities.unescapeUnambiguous(line) : line);
      }
      out.append(line);
    }
    return out.toString();
  }

  /** One pass over the characters: Windows' control codes, ligatures, widths, quotes, line ends, invisible characters; then NFC. */
  private static String characters(String line) {
    if (plain(line)) {
      return line;
    }
    StringBuilder out = new StringBuilder(line.length());
    line.codePoints().forEach(c -> {
      if (c >= 0x80 && c <= 0x9F) {
        out.appendCodePoint(HtmlEntities.windows1252(c));
      } else if (decomposed(c)) {
        out.append(Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC));
      } else if (c == 0x149) {
        out.append("'n");
      } else if (c == 0xFB05) {
        out.append("\u017Ft");
      } else if (c == 0x2BC || c >= 0x2018 && c <= 0x201B) {
        out.append('\'');
      } else if (c >= 0x201C && c <= 0x201F) {
        out.append('"');
      } else if (c == '\r' || c == 0x2028 || c == 0x2029) {
        out.append('\n');
      } else {
        out.appendCodePoint(c);
      }
    });
    String visible = TERMINAL_COLOUR.matcher(out).replaceAll("");
    StringBuilder kept = new StringBuilder(visible.length());
    visible.codePoints().filter(c -> !invisible(c)).forEach(kept::appendCodePoint);
    return Normalizer.normalize(kept, Normalizer.Form.NFC);
  }

  private static boolean plain(String line) {
    return line.chars().allMatch(c -> c >= ' ' && c < 0x7F || c == '\n' || c == '\t');
  }

  /** Digraphs and ligatures of Latin letters, and the wide and narrow forms of East Asian typesetting. */
  private static boolean decomposed(int c) {
    return c == 0x132 || c == 0x133 || c >= 0x1C4 && c <= 0x1CC || c >= 0x1F1 && c <= 0x1F3 || c >= 0xFB00 && c <= 0xFB06 && c != 0xFB05
        || c == 0x3000 || c >= 0xFF01 && c <= 0xFFEF;
  }

  private static boolean invisible(int c) {
    return c < 0x9 || c == 0xB || c >= 0xE && c < 0x20 || c == 0x7F || c >= 0x206A && c <= 0x206F || c == 0xFEFF
        || c >= 0xFFF9 && c <= 0xFFFC;
  }
}

package io.llama3v.data.curate.ngram;

/**
 * How a caption is laid out before it is searched: a space on either side, a space on either side of each {@code , . ; : ? ! `}, and
 * tabs and line ends as spaces. Case is kept and runs of spaces are not shortened. An entry is found where it stands between spaces.
 */
public final class Spacing {
  static final byte OTHER = 0;
  static final byte MARK = 1;
  static final byte BLANK = 2;
  private static final String MARKS = ",.;:?!`";

  private Spacing() {}

  /** {@link #OTHER}, {@link #MARK} or {@link #BLANK} for each byte of UTF-8; bytes of longer characters are OTHER. */
  static byte[] kinds() {
    byte[] kinds = new byte[256];
    for (int i = 0; i < MARKS.length(); i++) kinds[MARKS.charAt(i)] = MARK;
    for (char c : " \t\n\r".toCharArray()) kinds[c] = BLANK;
    return kinds;
  }

  /** The caption as it is searched. {@link NGramMatcher} does the same on the fly. */
  public static String apply(CharSequence text) {
    StringBuilder out = new StringBuilder(text.length() + 16).append(' ');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (MARKS.indexOf(c) >= 0) out.append(' ').append(c).append(' ');
      else out.append(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
    return out.append(' ').toString();
  }

  /** Whether a token is one of the marks that are set apart. */
  static boolean isMark(String token) {
    return token.length() == 1 && MARKS.indexOf(token.charAt(0)) >= 0;
  }

  /** False for entries that no caption can hold: one with a joined mark ("U.S.": captions have "U . S . "), a tab or a line end. */
  static boolean canOccur(String entry) {
    for (String token : entry.split(" ", -1)) {
      if (isMark(token)) continue;
      for (int i = 0; i < token.length(); i++) {
        if (MARKS.indexOf(token.charAt(i)) >= 0 || "\t\n\r".indexOf(token.charAt(i)) >= 0) return false;
      }
    }
    return true;
  }
}

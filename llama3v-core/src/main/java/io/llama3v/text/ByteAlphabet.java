package io.llama3v.text;

import java.util.Arrays;

/**
 * The printable stand-ins for the 256 bytes that byte-level vocabularies are written in (introduced by GPT-2): bytes that print in
 * Latin-1 stand for themselves, the other 68 for U+0100 onwards in order of value, e.g. the space for {@code Ġ} (U+0120).
 */
final class ByteAlphabet {
  private static final char[] CHAR_OF_BYTE = new char[256];
  private static final int[] BYTE_OF_CHAR = new int[256 + 68];
  private static final int[] BYTE_OF_SYMBOL = new int[256];

  static {
    Arrays.fill(BYTE_OF_CHAR, -1);
    int symbols = 0;
    for (int b = 0; b < 256; b++) {
      if (printable(b)) {
        CHAR_OF_BYTE[b] = (char) b;
        BYTE_OF_SYMBOL[symbols++] = b;
      }
    }
    for (int b = 0, next = 256; b < 256; b++) {
      if (!printable(b)) {
        CHAR_OF_BYTE[b] = (char) next++;
        BYTE_OF_SYMBOL[symbols++] = b;
      }
    }
    for (int b = 0; b < 256; b++) {
      BYTE_OF_CHAR[CHAR_OF_BYTE[b]] = b;
    }
  }

  private ByteAlphabet() {}

  private static boolean printable(int b) {
    return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xFF && b != 0xAD;
  }

  static char charOf(int b) {
    return CHAR_OF_BYTE[b & 0xFF];
  }

  /** The byte that {@code c} stands for, or -1 if it is none of the 256 stand-ins. */
  static int byteOf(char c) {
    return c < BYTE_OF_CHAR.length ? BYTE_OF_CHAR[c] : -1;
  }

  /** The byte at place {@code index} of the alphabet in the order in which vocabularies number it: printable bytes first. */
  static int byteAt(int index) {
    return BYTE_OF_SYMBOL[index];
  }

  static String textOf(byte[] bytes) {
    char[] chars = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      chars[i] = CHAR_OF_BYTE[bytes[i] & 0xFF];
    }
    return new String(chars);
  }
}

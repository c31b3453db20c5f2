package io.llama3v.text;

import java.util.Arrays;

/**
 * Fits text into the fixed length of a CLIP text encoder: {@code begin ids… end pad…}. Text that is too long loses its tail but never
 * the end token, at which the encoder is read out.
 *
 * @param length tokens of a row, e.g. 77
 * @param begin id in front; negative for none
 * @param end id after the text
 * @param pad id of the remaining places; being after {@code end} it cannot influence a causal encoder's readout
 */
public record ContextWindow(Tokenizer tokenizer, int length, int begin, int end, int pad) {

  public ContextWindow {
    if (length < 2) {
      throw new IllegalArgumentException("context length " + length + "; 2 is the least, for the begin and end tokens");
    }
  }

  /** A window for a byte-level vocabulary with Llama 3's special tokens. */
  public static ContextWindow llama3(Tokenizer tokenizer, int length) {
    return new ContextWindow(tokenizer, length, id(tokenizer, SpecialTokens.BEGIN_OF_TEXT), id(tokenizer, SpecialTokens.END_OF_TEXT),
        id(tokenizer, SpecialTokens.PAD));
  }

  /** The window that fits a tokenizer's special tokens: CLIP's own or Llama 3's. */
  public static ContextWindow of(Tokenizer tokenizer, int length) {
    if (tokenizer.specialId(ClipTokenizer.START_OF_TEXT).isEmpty()) {
      return llama3(tokenizer, length);
    }
    return new ContextWindow(tokenizer, length, id(tokenizer, ClipTokenizer.START_OF_TEXT), id(tokenizer, ClipTokenizer.END_OF_TEXT), 0);
  }

  /** One row of {@link #length} ids. */
  public int[] encode(String text) {
    int[] row = new int[length];
    Arrays.fill(row, pad);
    int at = 0;
    if (begin >= 0) {
      row[at++] = begin;
    }
    int[] ids = tokenizer.encode(text);
    int kept = Math.min(ids.length, length - at - 1);
    System.arraycopy(ids, 0, row, at, kept);
    row[at + kept] = end;
    return row;
  }

  private static int id(Tokenizer tokenizer, String name) {
    return tokenizer.specialId(name).orElseThrow(() -> new IllegalArgumentException("the tokenizer has no " + name));
  }
}

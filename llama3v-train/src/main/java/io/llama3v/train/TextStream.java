package io.llama3v.train;

import io.llama3v.text.Tokenizer;
import java.util.Arrays;
import java.util.function.Consumer;

/** Passes on the text of tokens as they come. A character whose bytes are spread over several tokens is held back until it is whole. */
final class TextStream {
  private static final char BROKEN = '\ufffd';
  private final Tokenizer tokenizer;
  private final Consumer<String> sink;
  private int[] ids = new int[64];
  private int count;
  private int passed;

  TextStream(Tokenizer tokenizer, Consumer<String> sink) {
    this.tokenizer = tokenizer;
    this.sink = sink;
  }

  void add(int id) {
    if (count == ids.length) ids = Arrays.copyOf(ids, 2 * count);
    ids[count++] = id;
    String text = text();
    int end = text.length();
    while (end > passed && text.charAt(end - 1) == BROKEN) end--;
    pass(text, end);
  }

  /** Passes on what was held back, and returns the whole text. */
  String finish() {
    String text = text();
    pass(text, text.length());
    return text;
  }

  private String text() {
    return tokenizer.decode(Arrays.copyOf(ids, count));
  }

  private void pass(String text, int end) {
    if (end <= passed) return;
    sink.accept(text.substring(passed, end));
    passed = end;
  }
}

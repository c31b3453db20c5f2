package io.llama3v.text;

import java.io.IOException;
import java.nio.file.Path;

/** A tokenizer file that cannot be used; the message says what is wrong, where, what was expected and how to mend it. */
public final class TokenizerFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  TokenizerFormatException(Path file, String problem, String expected, String remedy) {
    super(file + ": " + problem + "; expected " + expected + ". " + sentence(remedy));
  }

  TokenizerFormatException(Path file, int line, String problem, String expected, String remedy) {
    super(file + ":" + line + ": " + problem + "; expected " + expected + ". " + sentence(remedy));
  }

  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
  }
}

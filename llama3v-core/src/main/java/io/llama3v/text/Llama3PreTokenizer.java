package io.llama3v.text;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into the pieces that Llama 3's byte-pair encoding never merges across: English contractions, letters with at most one
 * leading mark or space, up to three digits, punctuation with its line breaks, line breaks, spaces. Source: the pattern in the
 * {@code tokenizer.json} and tiktoken definition of Llama 3.
 */
final class Llama3PreTokenizer {
  /** As Hugging Face's file writes it (Oniguruma syntax, Unicode classes). */
  static final String HUGGING_FACE_PATTERN = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
      + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  // Java's \s is ASCII unless told otherwise. Character categories are those of the running JDK's Unicode version.
  private static final Pattern PATTERN = Pattern.compile(HUGGING_FACE_PATTERN, Pattern.UNICODE_CHARACTER_CLASS);

  private Llama3PreTokenizer() {}

  /** Gives {@code sink} the pieces of {@code text} in order; together they are the whole text. */
  static void split(String text, Consumer<String> sink) {
    Matcher matcher = PATTERN.matcher(text);
    int done = 0;
    while (matcher.find()) {
      if (matcher.start() > done) {
        sink.accept(text.substring(done, matcher.start()));
      }
      sink.accept(matcher.group());
      done = matcher.end();
    }
    if (done < text.length()) {
      sink.accept(text.substring(done));
    }
  }
}

package io.llama3v.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CLIP's tokenizer: text is cleaned (typographic quotes, ligatures and invisible characters made plain, NFC, HTML references resolved,
 * white space made single spaces) and lower-cased, cut into words, digits and punctuation, and each piece is byte-pair encoded with a
 * mark {@code </w>} on its last symbol. Ids are 256 bytes, 256 bytes with the mark, the merges, {@code <|startoftext|>} and
 * {@code <|endoftext|>} (49406 and 49407 for the 48,894 merges of OpenAI, OpenCLIP and MetaCLIP). Source: open_clip's
 * {@code SimpleTokenizer}; of the repairs that it borrows from ftfy, only the guessing at wrong character sets is missing.
 *
 * <p>Encoding loses letter case and white space by design, so {@code decode(encode(s))} is the cleaned text.
 */
public final class ClipTokenizer implements Tokenizer {
  public static final String START_OF_TEXT = "<|startoftext|>";
  public static final String END_OF_TEXT = "<|endoftext|>";
  /** Tokens in a row of CLIP's text encoder. */
  public static final int CONTEXT_LENGTH = 77;

  private static final Pattern PIECE = Pattern.compile("'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+",
      Pattern.UNICODE_CHARACTER_CLASS | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  private final ClipVocabulary vocabulary;
  private final BytePairMerger merger;
  private final Map<String, Integer> specials;

  private ClipTokenizer(ClipVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.merger = new BytePairMerger(vocabulary.merges());
    Map<String, Integer> names = new LinkedHashMap<>();
    names.put(START_OF_TEXT, vocabulary.start());
    names.put(END_OF_TEXT, vocabulary.end());
    this.specials = Collections.unmodifiableMap(names);
  }

  /**
   * Loads the merges ({@code .txt} or {@code .txt.gz}, such as {@code bpe_simple_vocab_16e6.txt.gz}), from which the ids follow; or a
   * folder with {@code merges.txt} and {@code vocab.json}, which then gives the ids.
   *
   * @throws TokenizerFormatException naming the line if a file is malformed
   */
  public static ClipTokenizer load(Path path) throws IOException {
    return new ClipTokenizer(ClipVocabulary.load(path));
  }

  @Override
  public int[] encode(String text) {
    IntList out = new IntList();
    Matcher pieces = PIECE.matcher(ClipText.clean(text));
    while (pieces.find()) {
      byte[] bytes = pieces.group().getBytes(StandardCharsets.UTF_8);
      int[] symbols = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        symbols[i] = vocabulary.byteId(bytes[i] & 0xFF, i == bytes.length - 1);
      }
      out.addAll(symbols, merger.merge(symbols, symbols.length));
    }
    return out.toArray();
  }

  /** Rows of {@link #CONTEXT_LENGTH} ids, filled with 0 after the end as OpenCLIP does. */
  public ContextWindow context() {
    return context(CONTEXT_LENGTH);
  }

  /** Rows of {@code length} ids. */
  public ContextWindow context(int length) {
    return new ContextWindow(this, length, vocabulary.start(), vocabulary.end(), 0);
  }

  @Override
  public String decode(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      String token = vocabulary.token(id);
      if (token == null || specials.containsKey(token)) {
        continue;
      }
      boolean last = token.endsWith(ClipVocabulary.WORD_END);
      int length = token.length() - (last ? ClipVocabulary.WORD_END.length() : 0);
      for (int i = 0; i < length; i++) {
        bytes.write(ByteAlphabet.byteOf(token.charAt(i)));
      }
      if (last) {
        bytes.write(' ');
      }
    }
    return bytes.toString(StandardCharsets.UTF_8).strip();
  }

  @Override
  public int vocabularySize() {
    return vocabulary.size();
  }

  @Override
  public Map<String, Integer> specialTokens() {
    return specials;
  }

  @Override
  public String fingerprint() {
    return vocabulary.fingerprint();
  }

  /** Nothing is held outside the heap. */
  @Override
  public void close() {}
}

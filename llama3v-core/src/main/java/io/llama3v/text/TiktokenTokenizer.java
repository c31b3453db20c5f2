package io.llama3v.text;

import io.llama3v.io.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Llama 3's own tokenizer: byte-level byte-pair encoding where a token's id is also its rank, so that two neighbours merge whenever
 * their bytes together are a token, the lowest id first. A piece that is a token already is taken as it is.
 *
 * <p>With n ranks in the file (128,000 for Llama 3) the 256 special tokens have ids n … n+255, in the order that Hugging Face gives
 * them, and {@code <|image|>} is n+256. Meta's file calls n+11 the image token and then rewrites it to n+256 in prompts; here n+11 is
 * one of the reserved tokens.
 */
public final class TiktokenTokenizer implements Tokenizer {
  private final byte[][] tokens;
  private final Map<String, Integer> ids;
  private final int[] idOfByte;
  private final BytePairMerger merger;
  private final Map<String, Integer> specials;
  private final int vocabularySize;
  private final String fingerprint;

  /**
   * @param tokens bytes of token 0, 1, …; among them every single byte
   * @param specials special tokens in ascending order of id, the first being {@code tokens.size()} or more
   */
  TiktokenTokenizer(List<byte[]> tokens, Map<String, Integer> specials) {
    this.tokens = tokens.toArray(new byte[0][]);
    this.ids = new HashMap<>(tokens.size() * 2);
    for (int id = 0; id < this.tokens.length; id++) {
      ids.put(latin1(this.tokens[id]), id);
    }
    this.idOfByte = new int[256];
    for (int b = 0; b < 256; b++) {
      Integer id = ids.get(String.valueOf((char) b));
      if (id == null) {
        throw new IllegalArgumentException("no token for byte " + b + "; a byte-level vocabulary holds all 256 single bytes");
      }
      idOfByte[b] = id;
    }
    this.merger = new BytePairMerger(merges());
    this.specials = Collections.unmodifiableMap(new LinkedHashMap<>(specials));
    this.vocabularySize = headRows(tokens.size(), specials);
    this.fingerprint = digest();
  }

  /**
   * Reads a tiktoken file: a token in base64 and its rank on each line, ranks 0, 1, 2, ….
   *
   * @throws TokenizerFormatException naming the line if the file is malformed
   */
  public static TiktokenTokenizer load(Path file) throws IOException {
    List<byte[]> tokens = TiktokenFile.read(file);
    return new TiktokenTokenizer(tokens, llama3Specials(tokens.size()));
  }

  /** Llama 3's special tokens for a vocabulary of {@code ranks} ordinary ones. */
  static Map<String, Integer> llama3Specials(int ranks) {
    Map<String, Integer> specials = new LinkedHashMap<>();
    Map<Integer, String> named = Map.of(0, SpecialTokens.BEGIN_OF_TEXT, 1, SpecialTokens.END_OF_TEXT, 4, SpecialTokens.PAD,
        6, SpecialTokens.START_HEADER, 7, SpecialTokens.END_HEADER, 8, SpecialTokens.END_OF_MESSAGE,
        9, SpecialTokens.END_OF_TURN, 10, SpecialTokens.PYTHON_TAG);
    int reserved = 0;
    for (int i = 0; i < 256; i++) {
      specials.put(named.containsKey(i) ? named.get(i) : SpecialTokens.reserved(reserved++), ranks + i);
    }
    specials.put(SpecialTokens.IMAGE, ranks + 256);
    return specials;
  }

  /** One past the last id, not counting the image token where it is that last id. */
  static int headRows(int ordinary, Map<String, Integer> specials) {
    int last = ordinary - 1;
    for (int id : specials.values()) {
      last = Math.max(last, id);
    }
    return Integer.valueOf(last).equals(specials.get(SpecialTokens.IMAGE)) ? last : last + 1;
  }

  @Override
  public int[] encode(String text) {
    IntList out = new IntList();
    Llama3PreTokenizer.split(Unicode.wellFormed(text), piece -> encodePiece(piece, out));
    return out.toArray();
  }

  private void encodePiece(String piece, IntList out) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    Integer whole = ids.get(latin1(bytes));
    if (whole != null) {
      out.add(whole);
      return;
    }
    int[] symbols = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      symbols[i] = idOfByte[bytes[i] & 0xFF];
    }
    out.addAll(symbols, merger.merge(symbols, symbols.length));
  }

  @Override
  public String decode(int[] sequence) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(sequence.length * 4);
    for (int id : sequence) {
      if (id >= 0 && id < tokens.length) {
        bytes.write(tokens[id], 0, tokens[id].length);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public int vocabularySize() {
    return vocabularySize;
  }

  @Override
  public Map<String, Integer> specialTokens() {
    return specials;
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  /** Nothing is held outside the heap. */
  @Override
  public void close() {}

  /** Every way to cut a token into two tokens is a merge, ranked by the token it gives. */
  private MergeTable merges() {
    MergeTable table = new MergeTable(tokens.length * 3);
    for (int id = 0; id < tokens.length; id++) {
      String token = latin1(tokens[id]);
      for (int cut = 1; cut < token.length(); cut++) {
        Integer left = ids.get(token.substring(0, cut));
        Integer right = left == null ? null : ids.get(token.substring(cut));
        if (right != null) {
          table.put(left, right, id, id);
        }
      }
    }
    return table;
  }

  private String digest() {
    MessageDigest sha = Digests.sha256();
    for (byte[] token : tokens) {
      sha.update(Integer.toString(token.length).getBytes(StandardCharsets.US_ASCII));
      sha.update((byte) ':');
      sha.update(token);
    }
    specials.forEach((name, id) -> sha.update((name + '=' + id + '\n').getBytes(StandardCharsets.UTF_8)));
    return Digests.hex(sha);
  }

  /** Bytes as a string of as many chars: a map key that compares and hashes by content and takes one byte a char. */
  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}

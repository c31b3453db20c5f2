package io.llama3v.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Any tokenizer in Hugging Face's {@code tokenizer.json}, run by Hugging Face's own native code. Nothing is downloaded.
 *
 * <p>The file's truncation, padding and post-processing (which adds special tokens) are ignored: a sequence is laid out by
 * {@link ChatTemplate}.
 */
public final class HuggingFaceTokenizer implements Tokenizer {
  private static final long MAX_BYTES = 512L << 20;
  /** Above any known vocabulary, below what would overflow a table of rows. */
  private static final int MAX_ID = 1 << 24;

  private final TokenizersLibrary library = NativeTokenizers.library();
  // Freeing the native tokenizer while another thread encodes would crash the JVM, so use and close exclude each other.
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<String, Integer> specials;
  private final Map<Integer, String> specialNames;
  private final int vocabularySize;
  private final String fingerprint;
  private long handle;

  private HuggingFaceTokenizer(long handle, Map<String, Integer> specials, int vocabularySize, String fingerprint) {
    this.handle = handle;
    this.specials = Collections.unmodifiableMap(specials);
    Map<Integer, String> names = new TreeMap<>();
    specials.forEach((name, id) -> names.put(id, name));
    this.specialNames = names;
    this.vocabularySize = vocabularySize;
    this.fingerprint = fingerprint;
  }

  /**
   * Loads a {@code tokenizer.json}, or the one in a folder.
   *
   * @throws TokenizerFormatException if the file is missing, is not JSON, or is not a tokenizer
   */
  public static HuggingFaceTokenizer load(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? path.resolve("tokenizer.json") : path;
    if (!Files.isRegularFile(file)) {
      throw new TokenizerFormatException(file, "no such file", "a Hugging Face tokenizer.json", "check the path");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new TokenizerFormatException(file, Files.size(file) + " bytes", "at most " + MAX_BYTES + " bytes",
          "check that this is a tokenizer and not a weights file");
    }
    byte[] bytes = Files.readAllBytes(file);
    ObjectNode definition = parse(file, bytes);
    int ordinary = size(file, definition.path("model").path("vocab"));
    Map<String, Integer> specials = hideSpecials(file, definition);
    int last = ordinary - 1;
    for (JsonNode token : definition.path("added_tokens")) {
      last = Math.max(last, token.path("id").asInt());
    }
    definition.putNull("truncation").putNull("padding").putNull("post_processor");
    long handle;
    try {
      handle = NativeTokenizers.library().createTokenizerFromString(definition.toString());
    } catch (RuntimeException e) {
      throw new TokenizerFormatException(file, "rejected by the tokenizers library: " + e.getMessage(), "a valid tokenizer.json",
          "fetch the file again, or save it with a current version of Hugging Face tokenizers");
    }
    MessageDigest sha = Digests.sha256();
    sha.update(bytes);
    return new HuggingFaceTokenizer(handle, specials, TiktokenTokenizer.headRows(last + 1, specials), Digests.hex(sha));
  }

  @Override
  public int[] encode(String text) {
    long[] ids;
    lock.readLock().lock();
    try {
      long encoding = library.encode(open(), Unicode.wellFormed(text), false);
      try {
        ids = library.getTokenIds(encoding);
      } finally {
        library.deleteEncoding(encoding);
      }
    } finally {
      lock.readLock().unlock();
    }
    int[] out = new int[ids.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) ids[i];
    }
    return out;
  }

  @Override
  public String decode(int[] ids) {
    long[] ordinary = new long[ids.length];
    int count = 0;
    for (int id : ids) {
      if (id >= 0 && !specialNames.containsKey(id)) {
        ordinary[count++] = id;
      }
    }
    lock.readLock().lock();
    try {
      return library.decode(open(), Arrays.copyOf(ordinary, count), false);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public String tokenText(int id) {
    String name = specialNames.get(id);
    return name != null ? name : decode(new int[] {id});
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

  /** Frees the native tokenizer; a second call does nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (handle != 0) {
        library.deleteTokenizer(handle);
        handle = 0;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private long open() {
    if (handle == 0) {
      throw new IllegalStateException("this tokenizer is closed");
    }
    return handle;
  }

  private static ObjectNode parse(Path file, byte[] bytes) throws IOException {
    try {
      JsonNode root = new ObjectMapper().readTree(bytes);
      if (root instanceof ObjectNode object && object.path("model").isObject()) {
        return object;
      }
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new TokenizerFormatException(file, line, "not JSON: " + e.getOriginalMessage(), "a JSON object",
          "fetch the file again: it seems cut off or is a Git LFS pointer");
    }
    throw new TokenizerFormatException(file, "no \"model\" object", "a Hugging Face tokenizer.json",
        "tokenizer_config.json is another file; give tokenizer.json");
  }

  /** One past the last id of a model's vocabulary: an object of token → id, or an array of [token, score]. */
  private static int size(Path file, JsonNode vocabulary) throws TokenizerFormatException {
    if (vocabulary.isArray()) {
      return vocabulary.size();
    }
    int last = -1;
    for (Map.Entry<String, JsonNode> entry : vocabulary.properties()) {
      last = Math.max(last, id(file, "model.vocab", entry.getKey(), entry.getValue()));
    }
    return last + 1;
  }

  /**
   * Takes note of the special tokens and gives each a name in {@code definition} that no text can contain. Removing them would make
   * the library renumber what is left; leaving them would turn their names in users' text into their ids.
   */
  private static Map<String, Integer> hideSpecials(Path file, ObjectNode definition) throws TokenizerFormatException {
    Map<Integer, String> byId = new TreeMap<>();
    String unguessable = "\uFDD0" + UUID.randomUUID() + "\uFDD1";
    for (JsonNode token : definition.path("added_tokens")) {
      String name = token.path("content").asText();
      int id = id(file, "added_tokens", name, token.path("id"));
      if (token.path("special").asBoolean()) {
        byId.put(id, name);
        ((ObjectNode) token).put("content", unguessable + id);
        rename((ObjectNode) definition.get("model"), name, unguessable + id);
      }
    }
    Map<String, Integer> specials = new LinkedHashMap<>();
    byId.forEach((id, name) -> specials.put(name, id));
    return specials;
  }

  /** Follows a special token that the model's own vocabulary lists as well, as CLIP's and BERT's do. */
  private static void rename(ObjectNode model, String name, String standIn) {
    JsonNode vocabulary = model.path("vocab");
    if (vocabulary instanceof ObjectNode object && object.has(name)) {
      object.set(standIn, object.remove(name));
    }
    for (JsonNode entry : vocabulary.isArray() ? vocabulary : MissingNode.getInstance()) {
      if (entry instanceof ArrayNode pair && pair.path(0).asText().equals(name)) {
        pair.set(0, TextNode.valueOf(standIn));
      }
    }
    if (model.path("unk_token").asText().equals(name)) {
      model.put("unk_token", standIn);
    }
  }

  private static int id(Path file, String where, String token, JsonNode id) throws TokenizerFormatException {
    if (!id.isInt() || id.intValue() < 0 || id.intValue() >= MAX_ID) {
      throw new TokenizerFormatException(file, where + " gives token \"" + token + "\" the id " + id,
          "a whole number from 0 to " + (MAX_ID - 1), "fetch the file again");
    }
    return id.intValue();
  }
}

package io.llama3v.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Turns text into token ids and back. Instances are immutable and may be used by several threads at once; {@link #close} must come
 * after the last use.
 *
 * <p>Sizes follow Llama 3.2: the language model's head has {@link #vocabularySize()} rows, and the image token is the first id past
 * them ({@link #imageTokenId()}), which only the embedding table (8 rows longer) can look up and the head can never predict.
 */
public interface Tokenizer extends AutoCloseable {

  /**
   * Ids of {@code text} as plain text: nothing is added at either end, and a special token's name inside the text does not become
   * its id. Unpaired surrogates, which no encoding of Unicode can hold, are read as U+FFFD.
   */
  int[] encode(String text);

  /**
   * Text of {@code ids}. Special tokens and ids that have no token are left out; bytes that do not form UTF-8 become U+FFFD. For
   * byte-level vocabularies {@code decode(encode(s))} equals {@code s}.
   */
  String decode(int[] ids);

  /** Rows of the language model's head: every id except {@code <|image|>} where that is the last one. */
  int vocabularySize();

  /** Id of a special token by its name, e.g. {@code <|eot_id|>}; empty if there is none of that name. */
  default OptionalInt specialId(String token) {
    Integer id = specialTokens().get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Special tokens and their ids in ascending order of id; not modifiable. */
  Map<String, Integer> specialTokens();

  /** A SHA-256 in hexadecimal: equal for two tokenizers loaded from the same definition, so that a run can refuse a changed one. */
  String fingerprint();

  /** The id that stands for an image in Llama 3.2's convention: one past the rows of the head (128256 for Llama 3). */
  default int imageTokenId() {
    return vocabularySize();
  }

  /** One token as text for people: a special token by its name, any other decoded on its own. */
  default String tokenText(int id) {
    for (Map.Entry<String, Integer> special : specialTokens().entrySet()) {
      if (special.getValue() == id) {
        return special.getKey();
      }
    }
    return decode(new int[] {id});
  }

  @Override
  void close();

  /** Files that {@link #load} looks for in a folder, in this order. */
  List<String> FILES = List.of("tokenizer.json", "tokenizer.model", "original/tokenizer.model", "merges.txt");

  /** True if there is a tokenizer in a folder. */
  static boolean isIn(Path folder) {
    return FILES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
  }

  /**
   * Opens whichever tokenizer {@code path} holds: a {@code tokenizer.json}; a tiktoken {@code tokenizer.model}; CLIP's merges (a
   * {@code .txt} or {@code .txt.gz}); or a folder with one of these, looked for in that order.
   *
   * @throws TokenizerFormatException if nothing of the kind is there, or the file is malformed
   */
  static Tokenizer load(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      for (String name : FILES) {
        Path file = path.resolve(name);
        if (Files.isRegularFile(file)) {
          return name.equals("merges.txt") ? ClipTokenizer.load(path) : load(file);
        }
      }
      throw new TokenizerFormatException(path, "no tokenizer in this folder",
          "tokenizer.json, tokenizer.model, or vocab.json with merges.txt", "copy the tokenizer files beside the weights");
    }
    String name = String.valueOf(path.getFileName());
    if (name.endsWith(".json")) {
      return HuggingFaceTokenizer.load(path);
    }
    return name.endsWith(".txt") || name.endsWith(".gz") ? ClipTokenizer.load(path) : TiktokenTokenizer.load(path);
  }
}

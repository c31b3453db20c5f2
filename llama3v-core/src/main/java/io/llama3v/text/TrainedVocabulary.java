package io.llama3v.text;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A vocabulary that {@link BytePairTrainer} learned.
 *
 * @param tokens bytes of the ordinary tokens 0, 1, …
 * @param specials special tokens by ascending id; {@code <|image|>} is the last
 */
public record TrainedVocabulary(List<byte[]> tokens, Map<String, Integer> specials) {

  public TrainedVocabulary {
    tokens = List.copyOf(tokens);
    specials = Collections.unmodifiableMap(new LinkedHashMap<>(specials));
  }

  /** A tokenizer in plain Java; gives the same ids as a {@link HuggingFaceTokenizer} loaded from what {@link #save} writes. */
  public Tokenizer tokenizer() {
    return new TiktokenTokenizer(tokens, specials);
  }

  /**
   * Writes {@code tokenizer.json} and {@code tokenizer_config.json} (with Llama 3's chat template) into {@code folder}, as Hugging
   * Face's libraries read them. Two saves of equal vocabularies are equal byte for byte.
   */
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode definition = TokenizerJson.definition(json, tokens, specials);
    ObjectNode configuration = TokenizerJson.configuration(json, specials);
    AtomicFiles.writeString(folder.resolve("tokenizer.json"), text(json, definition));
    AtomicFiles.writeString(folder.resolve("tokenizer_config.json"), text(json, configuration));
  }

  private static String text(ObjectMapper json, ObjectNode node) throws IOException {
    // Jackson's pretty printer follows the platform's line ends; the file must not depend on where it was written.
    return json.writeValueAsString(node).replace(System.lineSeparator(), "\n") + "\n";
  }
}

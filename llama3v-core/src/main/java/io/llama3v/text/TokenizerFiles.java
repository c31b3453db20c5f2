package io.llama3v.text;

import io.llama3v.io.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of a tokenizer, which belong beside a model's weights. */
public final class TokenizerFiles {
  private static final List<String> NAMES = List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
      "added_tokens.json", "vocab.json", "merges.txt", "tokenizer.model", "original/tokenizer.model", "chat_template.json",
      "chat_template.jinja");

  private TokenizerFiles() {}

  /** Copies the tokenizer of one folder, where there is one, into another, replacing what is there. */
  public static void copy(Path from, Path to) throws IOException {
    if (!Tokenizer.isIn(from) || Files.exists(to) && Files.isSameFile(from, to)) return;
    for (String name : NAMES) {
      Path file = from.resolve(name);
      if (!Files.isRegularFile(file)) continue;
      Files.createDirectories(to.resolve(name).getParent());
      try (InputStream in = Files.newInputStream(file)) {
        AtomicFiles.writeStream(to.resolve(name), in);
      }
    }
  }
}

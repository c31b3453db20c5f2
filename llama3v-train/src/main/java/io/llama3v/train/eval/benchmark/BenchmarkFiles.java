package io.llama3v.train.eval.benchmark;

import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.exchange.ConversationFormat;
import io.llama3v.data.convert.exchange.JsonConversations;
import io.llama3v.data.convert.exchange.SampleConversations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The folder that {@code llama3v convert} wrote, as shards or as the project's own lines. */
final class BenchmarkFiles {
  private static final String LINES = "conversations.jsonl";

  private BenchmarkFiles() {}

  /**
   * Opens the conversations of a folder.
   *
   * @throws IllegalArgumentException if there are none
   */
  static ConversationSource open(Path folder) throws IOException {
    if (Files.isRegularFile(folder.resolve(LINES))) return JsonConversations.open(folder.resolve(LINES), ConversationFormat.own());
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        if (files.anyMatch(f -> f.getFileName().toString().matches("conversations-\\d+\\.tar"))) {
          return SampleConversations.open(folder + "/conversations-*.tar");
        }
      }
    }
    throw new IllegalArgumentException(folder + " holds no converted benchmark: expected conversations-*.tar or " + LINES
        + ", as 'llama3v convert … --to tar' and '--to jsonl' write them");
  }
}

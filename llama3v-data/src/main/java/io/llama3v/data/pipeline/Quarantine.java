package io.llama3v.data.pipeline;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llama3v.io.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes bad samples down, one line of JSON each. A session that goes on from an earlier place may write the same position again: the
 * position tells. One thread.
 */
record Quarantine(Path file) {
  void add(long position, String sample, Throwable cause) {
    String line = Json.write(JsonNodeFactory.instance.objectNode().put("position", position).put("sample", sample)
        .put("reason", cause.getClass().getSimpleName()).put("message", cause.getMessage())) + "\n";
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": bad samples cannot be written down", e);
    }
  }
}

package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.ConfigChanges;
import io.llama3v.train.preference.RejectionSampling.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Outcomes of rejection sampling, a line of JSON each behind a line with the settings. Every line reaches the operating system before
 * {@link #add} returns; half a line, left by a process that was killed, is cut off on opening.
 */
final class RejectionProgress implements AutoCloseable {
  private final FileChannel channel;
  private final List<Outcome> outcomes = new ArrayList<>();

  private RejectionProgress(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens or begins a file.
   *
   * @throws IllegalStateException if it was begun under other settings that may not have changed
   */
  static RejectionProgress open(Path file, Map<String, String> settings, Set<String> allowed) throws IOException {
    if (!Files.exists(file)) AtomicFiles.writeString(file, Json.write(Map.of("settings", new TreeMap<>(settings))) + "\n");
    String text = Files.readString(file);
    int whole = text.lastIndexOf('\n') + 1;
    String[] lines = text.substring(0, whole).split("\n");
    Map<String, String> was = new TreeMap<>();
    Json.parse(lines[0], file + ":1").path("settings").properties().forEach(e -> was.put(e.getKey(), e.getValue().asText()));
    List<String> refused = ConfigChanges.between(was, settings, allowed);
    if (!refused.isEmpty()) {
      throw new IllegalStateException(file + " was begun under other settings:\n  " + String.join("\n  ", refused)
          + "\nChange them back, allow each by name (--allow-change=" + refused.get(0).split(" ", 2)[0] + "), or delete " + file.getParent());
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    RejectionProgress progress = new RejectionProgress(channel);
    channel.truncate(text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length);
    channel.position(channel.size());
    for (int i = 1; i < lines.length; i++) progress.outcomes.add(read(Json.parse(lines[i], file + ":" + (i + 1))));
    return progress;
  }

  private static Outcome read(JsonNode line) {
    List<String> kept = new ArrayList<>();
    line.path("kept").forEach(answer -> kept.add(answer.asText()));
    return new Outcome(line.path("answers").asInt(), line.path("right").asInt(), kept, line.path("rejected").asText(null));
  }

  /** Questions whose outcome is known. */
  int done() {
    return outcomes.size();
  }

  List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  void add(Outcome outcome) throws IOException {
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("answers", outcome.answers()).put("right", outcome.right());
    outcome.kept().forEach(line.putArray("kept")::add);
    if (outcome.rejected() != null) line.put("rejected", outcome.rejected());
    AtomicFiles.writeFully(channel, ByteBuffer.wrap((Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8)));
    outcomes.add(outcome);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

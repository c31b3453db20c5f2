package io.llama3v.train.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.io.AtomicFiles;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code metrics.jsonl}: one flat JSON object a line, {@code {"stage":"clip","step":10,"seconds":12.5,"loss":3.2}}, so that
 * {@code jq .loss} and {@code pandas.read_json(lines=True)} read it as it is. Values that are not numbers are the strings {@code "NaN"},
 * {@code "Infinity"} and {@code "-Infinity"}: a loss that blew up must be seen. A line about certain samples, such as those of a step that
 * was skipped, has their keys as the array {@code samples}.
 *
 * <p>Every line reaches the operating system before {@link #log} returns. A process that dies in the middle of a line leaves half a
 * line; {@link #read} leaves it out and {@link #open} cuts it off before appending.
 *
 * <p>Safe for use by several threads.
 */
public final class MetricsLog implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_LINE = 1 << 20;
  private static final String SAMPLES = "samples";

  private final FileChannel channel;
  private final Writer writer;

  private MetricsLog(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    writer = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
  }

  /** Opens the log for appending, creating it where it does not exist, and cuts off half a line at its end. */
  public static MetricsLog open(Path file) throws IOException {
    if (Files.exists(file)) {
      cutHalfLine(file);
    }
    return new MetricsLog(file);
  }

  /**
   * Opens the log to go on with a stage from a checkpoint: lines of this stage after {@code step} are dropped, since those steps will be
   * taken again. Lines of other stages stay. The file is replaced in one move.
   *
   * @param step optimiser steps completed at the checkpoint; 0 keeps what was logged before the first update, -1 nothing of the stage
   */
  public static MetricsLog resume(Path file, String stage, long step) throws IOException {
    if (Files.exists(file)) {
      StringBuilder kept = new StringBuilder();
      for (MetricsRecord record : read(file)) {
        if (!record.stage().equals(stage) || record.step() <= step) {
          kept.append(line(record));
        }
      }
      AtomicFiles.writeString(file, kept);
    }
    return new MetricsLog(file);
  }

  /** Appends one line. */
  public void log(String stage, long step, double seconds, Map<String, Double> values) throws IOException {
    log(new MetricsRecord(stage, step, seconds, values));
  }

  /**
   * Appends one line.
   *
   * @throws IllegalArgumentException when a value is named {@code stage}, {@code step}, {@code seconds} or {@code samples}
   */
  public synchronized void log(MetricsRecord record) throws IOException {
    writer.write(line(record));
    writer.flush();
  }

  /** Forces what was logged to disk, so that it survives a power failure too. */
  public synchronized void force() throws IOException {
    channel.force(false);
  }

  @Override
  public synchronized void close() throws IOException {
    writer.close();
  }

  /**
   * Reads a log. Half a line at the end is left out.
   *
   * @throws IOException when a line before the last is not a record: the message names file and line
   */
  public static List<MetricsRecord> read(Path file) throws IOException {
    List<MetricsRecord> records = new ArrayList<>();
    // A line cut inside a multi-byte character must not stop the reader.
    var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);
    try (BufferedReader reader = new BufferedReader(new InputStreamReader(Files.newInputStream(file), decoder))) {
      String line = reader.readLine();
      for (int number = 1; line != null; number++) {
        String next = reader.readLine();
        if (!line.isBlank()) {
          try {
            records.add(parse(line));
          } catch (JsonProcessingException | IllegalArgumentException e) {
            if (next != null) {
              String why = e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
              throw new IOException(file + ":" + number + ": not a metrics line (" + why
                  + "); expected an object with stage, step, seconds and numbers: delete the line", e);
            }
          }
        }
        line = next;
      }
    }
    return records;
  }

  private static MetricsRecord parse(String line) throws JsonProcessingException {
    if (line.length() > LONGEST_LINE) {
      throw new IllegalArgumentException("longer than " + LONGEST_LINE + " characters");
    }
    JsonNode node = JSON.readTree(line);
    if (!node.path("stage").isTextual() || !node.path("step").isIntegralNumber() || !node.path("seconds").isNumber()) {
      throw new IllegalArgumentException("stage, step or seconds is missing");
    }
    Map<String, Double> values = new LinkedHashMap<>();
    node.properties().forEach(field -> {
      if (!reserved(field.getKey())) {
        values.put(field.getKey(), number(field.getKey(), field.getValue()));
      }
    });
    List<String> samples = new ArrayList<>();
    node.path(SAMPLES).forEach(key -> samples.add(key.asText()));
    return new MetricsRecord(node.get("stage").textValue(), node.get("step").longValue(), node.get("seconds").doubleValue(), values,
        samples);
  }

  private static double number(String name, JsonNode value) {
    if (value.isNumber()) {
      return value.doubleValue();
    }
    return switch (value.asText()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw new IllegalArgumentException(name + " is " + value + ", not a number");
    };
  }

  private static boolean reserved(String name) {
    return name.equals("stage") || name.equals("step") || name.equals("seconds") || name.equals(SAMPLES);
  }

  private static String line(MetricsRecord record) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("stage", record.stage());
      json.writeNumberField("step", record.step());
      json.writeNumberField("seconds", Math.round(record.seconds() * 1000) / 1000.0);
      for (Map.Entry<String, Double> value : record.values().entrySet()) {
        if (reserved(value.getKey())) {
          throw new IllegalArgumentException("a value is named \"" + value.getKey() + "\", which names a part of every line: rename it");
        }
        json.writeNumberField(value.getKey(), value.getValue());
      }
      if (!record.samples().isEmpty()) {
        json.writeArrayFieldStart(SAMPLES);
        for (String key : record.samples()) json.writeString(key);
        json.writeEndArray();
      }
      json.writeEndObject();
    }
    return text.append('\n').toString();
  }

  /** Cuts the file after its last line feed, looking back no further than the longest line. */
  private static void cutHalfLine(Path file) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long size = access.length();
      byte[] tail = new byte[(int) Math.min(size, LONGEST_LINE)];
      access.seek(size - tail.length);
      access.readFully(tail);
      int end = tail.length;
      while (end > 0 && tail[end - 1] != '\n') {
        end--;
      }
      if (end > 0 || tail.length == size) {
        access.setLength(size - tail.length + end);
      }
    }
  }
}

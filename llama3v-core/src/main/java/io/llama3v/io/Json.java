package io.llama3v.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON as this library reads and writes it: duplicate keys, trailing text and deep nesting are errors. */
public final class Json {
  private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Limits.JSON_DEPTH)
              .maxStringLength(Limits.HEADER_BYTES).build())
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
      .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
      .build();

  private Json() {}

  /** A copy of the strict mapper, to adapt. */
  public static ObjectMapper mapper() {
    return MAPPER.copy();
  }

  /** Reads a file of at most {@code maxBytes} bytes; malformed JSON is an error with file, line and column. */
  public static JsonNode read(Path file, long maxBytes) throws IOException {
    long size = Files.size(file);
    if (size > maxBytes) {
      throw new IOException(file + ": expected at most " + maxBytes + " bytes of JSON, found " + size);
    }
    try {
      return parse(Files.readString(file), file.toString());
    } catch (CharacterCodingException malformed) {
      throw new IOException(file + ": expected UTF-8 text, found other bytes", malformed);
    }
  }

  /** Reads a configuration-like file of at most {@link Limits#HEADER_BYTES} bytes. */
  public static JsonNode read(Path file) throws IOException {
    return read(file, Limits.HEADER_BYTES);
  }

  /** Parses text that came from {@code origin}, which error messages name. */
  public static JsonNode parse(String text, String origin) throws IOException {
    try (JsonParser parser = MAPPER.createParser(text)) {
      try {
        JsonNode node = MAPPER.readTree(parser);
        if (node == null || node.isMissingNode()) {
          throw new IOException(origin + ": expected JSON, found nothing");
        }
        if (parser.nextToken() != null) {
          throw malformed(origin, parser.currentTokenLocation(), "text after the document's end", null);
        }
        return node;
      } catch (JsonProcessingException error) {
        JsonLocation at = error.getLocation() == null ? parser.currentLocation() : error.getLocation();
        throw malformed(origin, at, error.getOriginalMessage(), error);
      }
    }
  }

  private static IOException malformed(String origin, JsonLocation at, String what, Throwable cause) {
    return new IOException(
        origin + ":" + at.getLineNr() + ":" + at.getColumnNr() + ": malformed JSON: " + what, cause);
  }

  /** Compact text of a tree, a record, a map or a list. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException unserialisable) {
      throw new IllegalArgumentException("cannot be written as JSON: " + unserialisable.getOriginalMessage(),
          unserialisable);
    }
  }

  /** Indented text of a tree, a record, a map or a list, with a newline at its end. */
  public static String writePretty(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (JsonProcessingException unserialisable) {
      throw new IllegalArgumentException("cannot be written as JSON: " + unserialisable.getOriginalMessage(),
          unserialisable);
    }
  }
}

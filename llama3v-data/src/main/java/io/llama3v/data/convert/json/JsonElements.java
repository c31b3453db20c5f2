package io.llama3v.data.convert.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.llama3v.data.convert.ConvertException;
import io.llama3v.io.Limits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A large JSON file, one element at a time: the entries of an array (the whole document, or a field of it), or the fields of an object.
 * Holds one element, which has at most {@link Limits#LINE_BYTES} bytes: a longer one is an error before it is in memory. What lies
 * beside the array is passed over without being held.
 */
public final class JsonElements implements AutoCloseable {
  private final Path file;
  private final boolean named;
  private final MeteredInput in;
  private final JsonParser parser;
  private final ObjectMapper mapper;
  private final String prefix;
  private final Map<String, String> header = new HashMap<>();
  private long index;
  private boolean ended;

  private JsonElements(Path file, String field, boolean named) throws IOException {
    this.file = file;
    this.named = named;
    this.prefix = field == null ? "" : "/" + field;
    this.mapper = mapper(named);
    this.in = new MeteredInput(new BufferedInputStream(Files.newInputStream(file), 1 << 16), file);
    this.parser = mapper.createParser(in);
    try {
      seek(field);
    } catch (IOException | RuntimeException e) {
      try (in) {
        throw e;
      }
    }
  }

  /** The entries of a file that is an array. */
  public static JsonElements array(Path file) throws IOException {
    return new JsonElements(file, null, false);
  }

  /** The entries of an array that is a field of the file's object. */
  public static JsonElements array(Path file, String field) throws IOException {
    return new JsonElements(file, field, false);
  }

  /** The fields of a file that is an object. */
  public static JsonElements fields(Path file) throws IOException {
    return new JsonElements(file, null, true);
  }

  private static ObjectMapper mapper(boolean named) {
    // Names of ten million fields must not stay in a symbol table. Without the table Jackson reads characters and knows no byte offsets,
    // so arrays keep it: their entries have the same few names.
    JsonFactory factory = JsonFactory.builder().configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, !named)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Limits.JSON_DEPTH).maxStringLength(Limits.LINE_BYTES).build())
        .build();
    return JsonMapper.builder(factory).enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();
  }

  private void seek(String field) throws IOException {
    try {
      JsonToken first = parser.nextToken();
      if (field == null) {
        JsonToken wanted = named ? JsonToken.START_OBJECT : JsonToken.START_ARRAY;
        if (first != wanted) throw at(0, "", "expected " + (named ? "an object {…}" : "a list […]") + ", found " + said(first));
        return;
      }
      if (first != JsonToken.START_OBJECT) throw at(0, "", "expected an object with the list '" + field + "', found " + said(first));
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        in.restart();
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals(field)) {
          if (value != JsonToken.START_ARRAY) throw at(line(), "/" + field, "expected a list […], found " + said(value));
          return;
        }
        if (value.isScalarValue() && header.size() < 100) header.put(name, parser.getText());
        in.release();
        parser.skipChildren();
      }
      throw at(0, "", "expected a list '" + field + "'; the object has none");
    } catch (JsonProcessingException e) {
      throw malformed(e);
    }
  }

  /** The next element; null after the last. */
  public JsonView next() throws IOException {
    if (ended) return null;
    in.restart();
    try {
      JsonToken token = parser.nextToken();
      String name = null;
      if (token == JsonToken.END_ARRAY || token == JsonToken.END_OBJECT) {
        ended = true;
        return null;
      }
      if (token == null) throw at(line(), "", "the file ends in the middle");
      if (named) {
        name = parser.currentName();
        parser.nextToken();
      }
      JsonLocation start = parser.currentTokenLocation();
      JsonNode node = mapper.readTree(parser);
      String pointer = prefix + "/" + (named ? JsonView.escape(name) : String.valueOf(index));
      index++;
      return new JsonView(file, start.getLineNr(), pointer, name, node, start.getByteOffset(), parser.currentLocation().getByteOffset());
    } catch (JsonProcessingException e) {
      throw malformed(e);
    }
  }

  /** A plain value that stood before the array in the file's object; null if there was none of that name. */
  public String header(String name) {
    return header.get(name);
  }

  /** The file. */
  public Path file() {
    return file;
  }

  private long line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private ConvertException at(long line, String pointer, String what) {
    return ConvertException.at(file, line, pointer, what);
  }

  private ConvertException malformed(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String place = at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr();
    return new ConvertException(file + place + ": malformed JSON: " + e.getOriginalMessage(), e);
  }

  static String said(JsonToken token) {
    return token == null ? "nothing" : switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NULL -> "null";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      default -> "a number";
    };
  }

  @Override
  public void close() throws IOException {
    parser.close();
    in.close();
  }
}

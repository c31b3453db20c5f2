package io.llama3v.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.llama3v.io.SafetensorsException.Rule;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and checks the header of a safetensors file. The header is decoded and parsed as a stream, and each tensor is
 * checked as soon as it is complete: memory grows with the tensors that are there, never with what the file claims.
 *
 * @param tensors   by name, ordered by their place in the file
 * @param metadata  the file's {@code __metadata__}, empty when it has none
 * @param dataStart position in the file of data offset 0
 */
record SafetensorsHeader(Map<String, Entry> tensors, Map<String, String> metadata, long dataStart) {
  static final String METADATA_KEY = "__metadata__";
  private static final int LARGEST_INTEGER_DIGITS = 15;
  private static final long LARGEST_INTEGER = (1L << 48) - 1;

  /** A tensor and the position of its first byte, counted from the end of the header. */
  record Entry(TensorInfo info, long begin) {
    long end() {
      return begin + info.bytes();
    }
  }

  static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw new SafetensorsException(file, Rule.FILE_TOO_SMALL, "file", "at least 8 bytes", size);
    }
    ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    while (prefix.hasRemaining()) {
      if (channel.read(prefix, prefix.position()) < 0) {
        throw new SafetensorsException(file, Rule.FILE_TOO_SMALL, "file", "at least 8 bytes", prefix.position());
      }
    }
    long length = prefix.getLong(0);
    if (length < 0) {
      throw new SafetensorsException(file, Rule.HEADER_LENGTH, "header length", "less than 2^63",
          Long.toUnsignedString(length));
    }
    if (length > Limits.HEADER_BYTES) {
      throw new SafetensorsException(file, Rule.HEADER_TOO_LARGE, "header length",
          "at most " + Limits.HEADER_BYTES, length + "; is it a safetensors file at all?");
    }
    if (8 + length > size) {
      throw new SafetensorsException(file, Rule.HEADER_PAST_END, "header length",
          "at most the " + (size - 8) + " bytes that follow", length);
    }
    return new Parser(file, size, 8 + length).parse(channel);
  }

  private static final class Parser {
    private static final JsonFactory JSON = JsonFactory.builder()
        // Names are data here: a table of them shared by all parsers would only grow.
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(Limits.JSON_DEPTH)
            .maxNameLength(Limits.HEADER_BYTES).maxStringLength(Limits.HEADER_BYTES).build())
        .build();

    private final Path file;
    private final long size;
    private final long dataStart;
    private final Map<String, Entry> tensors = new LinkedHashMap<>();
    private Map<String, String> metadata;
    private JsonParser json;

    Parser(Path file, long size, long dataStart) {
      this.file = file;
      this.size = size;
      this.dataStart = dataStart;
    }

    SafetensorsHeader parse(FileChannel channel) throws IOException {
      Reader text = new InputStreamReader(new ChannelRange(channel, 8, dataStart), StandardCharsets.UTF_8.newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT));
      try (JsonParser parser = JSON.createParser(text)) {
        json = parser;
        object();
        if (json.nextToken() != null) {
          throw fail(Rule.HEADER_JSON, "after the header's object", "white space up to the header's end", token());
        }
      } catch (CharacterCodingException malformed) {
        throw fail(Rule.HEADER_UTF8, "header", "valid UTF-8", "other bytes");
      } catch (JsonProcessingException malformed) {
        throw fail(Rule.HEADER_JSON, "header at character " + json.currentLocation().getCharOffset(),
            "well-formed JSON", malformed.getOriginalMessage());
      }
      return new SafetensorsHeader(Collections.unmodifiableMap(ordered()),
          metadata == null ? Map.of() : Collections.unmodifiableMap(metadata), dataStart);
    }

    private void object() throws IOException {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw fail(Rule.HEADER_START, "header", "an object, beginning with '{'", token());
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = text(json.currentName());
        if (name.equals(METADATA_KEY)) {
          if (metadata != null) {
            throw fail(Rule.DUPLICATE_KEY, "header", "each key once", quote(name) + " twice");
          }
          readMetadata();
        } else if (tensors.containsKey(name)) {
          throw fail(Rule.DUPLICATE_KEY, "header", "each key once", quote(name) + " twice");
        } else {
          if (tensors.size() == Limits.INDEX_ENTRIES) {
            throw fail(Rule.HEADER_TOO_LARGE, "header", "at most " + Limits.INDEX_ENTRIES + " tensors", "more");
          }
          tensors.put(name, readTensor(name));
        }
      }
    }

    private void readMetadata() throws IOException {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw fail(Rule.METADATA, METADATA_KEY, "an object", token());
      }
      metadata = new LinkedHashMap<>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = text(json.currentName());
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          throw fail(Rule.METADATA, METADATA_KEY + " " + quote(key), "a string", token());
        }
        if (metadata.put(key, text(json.getText())) != null) {
          throw fail(Rule.DUPLICATE_KEY, METADATA_KEY, "each key once", quote(key) + " twice");
        }
      }
    }

    private Entry readTensor(String name) throws IOException {
      String where = "tensor " + quote(name);
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw fail(Rule.TENSOR_KEYS, where, "an object", token());
      }
      SafetensorsType dtype = null;
      long[] shape = null;
      long[] offsets = null;
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "dtype" -> {
            once(dtype, where, key);
            dtype = readType(where);
          }
          case "shape" -> {
            once(shape, where, key);
            shape = readIntegers(where + " shape", Rule.SHAPE);
          }
          case "data_offsets" -> {
            once(offsets, where, key);
            offsets = readIntegers(where + " data_offsets", Rule.TENSOR_BYTES);
          }
          default -> throw fail(Rule.TENSOR_KEYS, where, "only dtype, shape and data_offsets", quote(key));
        }
      }
      if (dtype == null || shape == null || offsets == null) {
        throw fail(Rule.TENSOR_KEYS, where, "dtype, shape and data_offsets",
            "no " + (dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets"));
      }
      return entry(name, where, dtype, shape, offsets);
    }

    private Entry entry(String name, String where, SafetensorsType dtype, long[] shape, long[] offsets)
        throws SafetensorsException {
      long bits = 1;
      try {
        for (long side : shape) {
          bits = Math.multiplyExact(bits, side);
        }
        bits = Math.multiplyExact(bits, dtype.bits());
      } catch (ArithmeticException overflow) {
        throw fail(Rule.SHAPE, where, "a size below 2^63 bits", dtype + abbreviate(Arrays.toString(shape)));
      }
      if (bits % 8 != 0) {
        throw fail(Rule.MISALIGNED, where, "a whole number of bytes", bits + " bits");
      }
      if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] - offsets[0] != bits / 8) {
        throw fail(Rule.TENSOR_BYTES, where, "data_offsets [begin, begin + " + bits / 8 + "] for " + dtype
            + abbreviate(Arrays.toString(shape)), abbreviate(Arrays.toString(offsets)));
      }
      return new Entry(new TensorInfo(name, dtype, shape), offsets[0]);
    }

    private SafetensorsType readType(String where) throws IOException {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw fail(Rule.DTYPE, where + " dtype", "a string", token());
      }
      String name = json.getText();
      return SafetensorsType.byName(name).orElseThrow(() ->
          fail(Rule.DTYPE, where + " dtype", "one of " + Arrays.toString(SafetensorsType.values()), quote(name)));
    }

    private long[] readIntegers(String where, Rule rule) throws IOException {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw fail(rule, where, "an array of integers", token());
      }
      long[] values = new long[4];
      int count = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (count == values.length) {
          values = Arrays.copyOf(values, count + (count >> 1));
        }
        values[count++] = readInteger(where);
      }
      return Arrays.copyOf(values, count);
    }

    private long readInteger(String where) throws IOException {
      String digits = json.currentToken() == JsonToken.VALUE_NUMBER_INT ? json.getText() : "";
      boolean plain = !digits.isEmpty() && digits.length() <= LARGEST_INTEGER_DIGITS && digits.charAt(0) != '-';
      long value = plain ? Long.parseLong(digits) : -1;
      if (value < 0 || value > LARGEST_INTEGER) {
        throw fail(Rule.INTEGER, where, "integers from 0 to 2^48 - 1", token());
      }
      return value;
    }

    private Map<String, Entry> ordered() throws SafetensorsException {
      List<Entry> entries = new ArrayList<>(tensors.values());
      entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      long end = 0;
      Map<String, Entry> result = new LinkedHashMap<>(Math.max(16, entries.size() * 2));
      for (Entry entry : entries) {
        if (entry.begin() != end) {
          throw fail(Rule.OFFSETS, "tensor " + quote(entry.info().name()), "data beginning at offset " + end
              + (result.isEmpty() ? "" : ", where the tensor before it ends"), entry.begin());
        }
        end = entry.end();
        result.put(entry.info().name(), entry);
      }
      if (dataStart + end != size) {
        throw fail(Rule.FILE_LENGTH, "file", dataStart + end + " bytes, as its header says", size);
      }
      return result;
    }

    private void once(Object value, String where, String key) throws SafetensorsException {
      if (value != null) {
        throw fail(Rule.DUPLICATE_KEY, where, "each key once", quote(key) + " twice");
      }
    }

    /** The parser lets some escapes pass that stand for half a pair, which no text can hold. */
    private String text(String decoded) throws SafetensorsException {
      for (int i = 0; i < decoded.length(); i++) {
        char c = decoded.charAt(i);
        if (Character.isHighSurrogate(c) && i + 1 < decoded.length()
            && Character.isLowSurrogate(decoded.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(c)) {
          throw fail(Rule.HEADER_JSON, "header", "surrogates in pairs", "U+" + Integer.toHexString(c) + " alone");
        }
      }
      return decoded;
    }

    private String token() throws IOException {
      JsonToken token = json.currentToken();
      return token == null ? "nothing" : token.isScalarValue() || token == JsonToken.FIELD_NAME
          ? quote(json.getText()) : "'" + token.asString() + "'";
    }

    private SafetensorsException fail(Rule rule, String what, String expected, Object found) {
      return new SafetensorsException(file, rule, what, expected, found);
    }
  }

  private static String quote(String text) {
    return "'" + abbreviate(text) + "'";
  }

  private static String abbreviate(String text) {
    return text.length() <= 120 ? text : text.substring(0, 120) + "...";
  }
}

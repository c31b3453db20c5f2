package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.io.SafetensorsException.Rule;
import io.llama3v.io.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For each rule of the format, files that keep it and files that break it. */
class SafetensorsRulesTest {
  private static final String A = "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}";

  @TempDir
  Path folder;

  /** What to do with a file, and what must come of it. */
  record Case(Rule rule, boolean accepted, String why, byte[] file, Use use) {
    @Override
    public String toString() {
      return rule.number() + " " + rule + (accepted ? " accepts " : " rejects ") + why;
    }
  }

  interface Use {
    void of(SafetensorsFile file) throws IOException;
  }

  static Case accept(Rule rule, String why, byte[] file) {
    return new Case(rule, true, why, file, SafetensorsRulesTest::readAll);
  }

  static Case reject(Rule rule, String why, byte[] file) {
    return new Case(rule, false, why, file, SafetensorsRulesTest::readAll);
  }

  static Case accept(Rule rule, String why, String header, int data) {
    return accept(rule, why, RawSafetensors.bytes(header, data));
  }

  static Case reject(Rule rule, String why, String header, int data) {
    return reject(rule, why, RawSafetensors.bytes(header, data));
  }

  static String tensor(String name, String dtype, String shape, String offsets) {
    return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}";
  }

  static byte[] latin1(String header, int data) {
    byte[] bytes = header.getBytes(StandardCharsets.ISO_8859_1);
    return RawSafetensors.bytes(bytes.length, bytes, data);
  }

  static byte[] nan() {
    byte[] file = RawSafetensors.bytes("{" + tensor("a", "F32", "[1]", "[0,4]") + "}", 4);
    Arrays.fill(file, file.length - 4, file.length, (byte) 0xff);
    return file;
  }

  static Stream<Case> cases() {
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        accept(Rule.FILE_TOO_SMALL, "the smallest file", "{}", 0),
        reject(Rule.FILE_TOO_SMALL, "7 bytes", new byte[7]),
        reject(Rule.FILE_TOO_SMALL, "0 bytes", new byte[0]),
        accept(Rule.HEADER_LENGTH, "little-endian 2", RawSafetensors.bytes(2, empty, 0)),
        reject(Rule.HEADER_LENGTH, "2^63", RawSafetensors.bytes(Long.MIN_VALUE, empty, 0)),
        reject(Rule.HEADER_LENGTH, "2^64 - 1", RawSafetensors.bytes(-1, empty, 0)),
        accept(Rule.HEADER_TOO_LARGE, "an ordinary length", A, 2),
        reject(Rule.HEADER_TOO_LARGE, "100,000,001", RawSafetensors.bytes(100_000_001, empty, 0)),
        reject(Rule.HEADER_TOO_LARGE, "2^63 - 1", RawSafetensors.bytes(Long.MAX_VALUE, empty, 0)),
        accept(Rule.HEADER_PAST_END, "a header to the end", "{}      ", 0),
        reject(Rule.HEADER_PAST_END, "one more byte than there is", RawSafetensors.bytes(3, empty, 0)),
        reject(Rule.HEADER_PAST_END, "100,000,000", RawSafetensors.bytes(100_000_000, empty, 0)),
        accept(Rule.HEADER_UTF8, "a name of four-byte characters", "{" + tensor("\ud83d\ude80", "U8", "[1]", "[0,1]") + "}", 1),
        accept(Rule.HEADER_UTF8, "an escaped pair", "{" + tensor("\\ud83d\\ude80", "U8", "[1]", "[0,1]") + "}", 1),
        reject(Rule.HEADER_UTF8, "Latin-1", latin1("{" + tensor("\u00e4", "U8", "[1]", "[0,1]") + "}", 1)),
        reject(Rule.HEADER_UTF8, "bad bytes in the padding", latin1("{}\u00ff", 0)),
        accept(Rule.HEADER_START, "white space around", " \t\r\n" + A + " \t\r\n", 2),
        reject(Rule.HEADER_START, "an array", "[]", 0),
        reject(Rule.HEADER_START, "nothing", "", 0),
        reject(Rule.HEADER_START, "spaces", "    ", 0),
        accept(Rule.HEADER_JSON, "an object", A, 2),
        reject(Rule.HEADER_JSON, "a second value", A + "{}", 2),
        reject(Rule.HEADER_JSON, "an open object", A.substring(0, A.length() - 1), 2),
        reject(Rule.HEADER_JSON, "padding with zeros", A + "\0\0", 2),
        reject(Rule.HEADER_JSON, "a byte-order mark", "\ufeff{}", 0),
        reject(Rule.HEADER_JSON, "half an escaped pair", "{" + tensor("\\ud83d", "U8", "[1]", "[0,1]") + "}", 1),
        reject(Rule.HEADER_JSON, "its other half", "{" + tensor("\\ude80", "U8", "[1]", "[0,1]") + "}", 1),
        reject(Rule.HEADER_JSON, "half a pair in metadata", "{\"__metadata__\":{\"a\":\"\\ud83dx\"}}", 0),
        reject(Rule.HEADER_JSON, "10,000 digits", "{" + tensor("a", "U8", "[" + "1".repeat(10_000) + "]", "[0,2]") + "}", 2),
        reject(Rule.SHAPE, "deep nesting", "{" + tensor("a", "U8", "{\"a\":".repeat(10_000), "[0,2]") + "}", 2),
        reject(Rule.INTEGER, "deep lists", "{" + tensor("a", "U8", "[".repeat(10_000), "[0,2]") + "}", 2),
        reject(Rule.HEADER_JSON, "a comment", "{/**/}", 0),
        reject(Rule.HEADER_JSON, "a trailing comma", "{" + tensor("a", "U8", "[1]", "[0,1]") + ",}", 1),
        accept(Rule.DUPLICATE_KEY, "names that differ in case",
            "{" + tensor("a", "U8", "[1]", "[0,1]") + "," + tensor("A", "U8", "[1]", "[1,2]") + "}", 2),
        reject(Rule.DUPLICATE_KEY, "a tensor twice",
            "{" + tensor("a", "U8", "[1]", "[0,1]") + "," + tensor("a", "U8", "[1]", "[1,2]") + "}", 2),
        reject(Rule.DUPLICATE_KEY, "a tensor twice, once escaped",
            "{" + tensor("a", "U8", "[1]", "[0,1]") + "," + tensor("\\u0061", "U8", "[1]", "[1,2]") + "}", 2),
        reject(Rule.DUPLICATE_KEY, "a tensor's key twice",
            "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", 2),
        reject(Rule.DUPLICATE_KEY, "metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0),
        reject(Rule.DUPLICATE_KEY, "a metadata key twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}", 0),
        accept(Rule.METADATA, "strings", "{\"__metadata__\":{\"format\":\"pt\",\"\":\"\"}}", 0),
        reject(Rule.METADATA, "a number", "{\"__metadata__\":{\"step\":1}}", 0),
        reject(Rule.METADATA, "an object", "{\"__metadata__\":{\"x\":{}}}", 0),
        reject(Rule.METADATA, "a list", "{\"__metadata__\":[]}", 0),
        reject(Rule.METADATA, "null", "{\"__metadata__\":null}", 0),
        accept(Rule.TENSOR_KEYS, "the keys in another order",
            "{\"a\":{\"data_offsets\":[0,2],\"shape\":[2],\"dtype\":\"U8\"}}", 2),
        reject(Rule.TENSOR_KEYS, "a fourth key", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2],\"x\":1}}", 2),
        reject(Rule.TENSOR_KEYS, "no dtype", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,2]}}", 2),
        reject(Rule.TENSOR_KEYS, "no shape", "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,2]}}", 2),
        reject(Rule.TENSOR_KEYS, "no offsets", "{\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}", 2),
        reject(Rule.TENSOR_KEYS, "a list", "{\"a\":[]}", 0),
        accept(Rule.DTYPE, "every type", everyType(), 496),
        reject(Rule.DTYPE, "a framework's name", "{" + tensor("a", "float32", "[1]", "[0,4]") + "}", 4),
        reject(Rule.DTYPE, "lower case", "{" + tensor("a", "u8", "[1]", "[0,1]") + "}", 1),
        reject(Rule.DTYPE, "a number", "{\"a\":{\"dtype\":8,\"shape\":[2],\"data_offsets\":[0,2]}}", 2),
        accept(Rule.SHAPE, "a scalar and an empty tensor",
            "{" + tensor("s", "F32", "[]", "[0,4]") + "," + tensor("e", "F32", "[3,0]", "[4,4]") + "}", 4),
        reject(Rule.SHAPE, "a product over 2^63", "{" + tensor("a", "U8", "[281474976710655,281474976710655]", "[0,1]") + "}", 1),
        reject(Rule.SHAPE, "an overflow hidden by a zero",
            "{" + tensor("a", "U8", "[281474976710655,281474976710655,0]", "[0,0]") + "}", 0),
        reject(Rule.SHAPE, "an overflow in bits", "{" + tensor("a", "F64", "[281474976710655,4096]", "[0,8]") + "}", 8),
        reject(Rule.SHAPE, "a number", "{" + tensor("a", "U8", "2", "[0,2]") + "}", 2),
        accept(Rule.MISALIGNED, "two nibbles", "{" + tensor("a", "F4", "[2]", "[0,1]") + "}", 1),
        reject(Rule.MISALIGNED, "three nibbles", "{" + tensor("a", "F4", "[3]", "[0,2]") + "}", 2),
        reject(Rule.MISALIGNED, "six bits", "{" + tensor("a", "F6_E2M3", "[1]", "[0,1]") + "}", 1),
        accept(Rule.TENSOR_BYTES, "6 elements of 2 bytes", "{" + tensor("a", "BF16", "[2,3]", "[0,12]") + "}", 12),
        reject(Rule.TENSOR_BYTES, "too few bytes", "{" + tensor("a", "BF16", "[2,3]", "[0,11]") + "}", 11),
        reject(Rule.TENSOR_BYTES, "too many bytes", "{" + tensor("a", "BF16", "[2,3]", "[0,13]") + "}", 13),
        reject(Rule.TENSOR_BYTES, "end before begin", "{" + tensor("a", "U8", "[2]", "[2,0]") + "}", 2),
        reject(Rule.TENSOR_BYTES, "one offset", "{" + tensor("a", "U8", "[2]", "[2]") + "}", 2),
        reject(Rule.TENSOR_BYTES, "three offsets", "{" + tensor("a", "U8", "[2]", "[0,2,2]") + "}", 2),
        accept(Rule.OFFSETS, "any order in the header",
            "{" + tensor("a", "U8", "[2]", "[1,3]") + "," + tensor("b", "U8", "[1]", "[0,1]") + "}", 3),
        reject(Rule.OFFSETS, "a hole", "{" + tensor("a", "U8", "[1]", "[0,1]") + "," + tensor("b", "U8", "[1]", "[2,3]") + "}", 3),
        reject(Rule.OFFSETS, "a hole at the start", "{" + tensor("a", "U8", "[1]", "[1,2]") + "}", 2),
        reject(Rule.OFFSETS, "an overlap", "{" + tensor("a", "U8", "[2]", "[0,2]") + "," + tensor("b", "U8", "[2]", "[1,3]") + "}", 3),
        reject(Rule.OFFSETS, "two views of the same bytes",
            "{" + tensor("a", "U8", "[2]", "[0,2]") + "," + tensor("b", "U8", "[2]", "[0,2]") + "}", 2),
        accept(Rule.FILE_LENGTH, "no byte over", A, 2),
        reject(Rule.FILE_LENGTH, "one byte over", A, 3),
        reject(Rule.FILE_LENGTH, "one byte short", A, 1),
        reject(Rule.FILE_LENGTH, "a terabyte that is not there", "{" + tensor("a", "U8", "[1099511627776]", "[0,1099511627776]") + "}", 1),
        new Case(Rule.CONVERSION, true, "little-endian integers", RawSafetensors.bytes(
            "{" + tensor("a", "I32", "[2]", "[0,8]") + "}", 8),
            file -> assertEquals("[50462976, 117835012]", Arrays.toString(file.readLongs("a")))),
        new Case(Rule.CONVERSION, false, "packed types as floats", RawSafetensors.bytes(
            "{" + tensor("a", "F8_E4M3", "[2]", "[0,2]") + "}", 2), file -> file.readFloats("a")),
        new Case(Rule.CONVERSION, false, "floats as integers", RawSafetensors.bytes(
            "{" + tensor("a", "F32", "[]", "[0,4]") + "}", 4), file -> file.readLongs("a")),
        new Case(Rule.REQUEST, true, "NaN as a value", nan(),
            file -> assertTrue(Float.isNaN(file.readFloats("a")[0]))),
        new Case(Rule.REQUEST, false, "an absent name", RawSafetensors.bytes(A, 2), file -> file.readLongs("b")),
        new Case(Rule.REQUEST, false, "a range past the end", RawSafetensors.bytes(A, 2),
            file -> file.readBytes("a", 1, ByteBuffer.allocate(2))),
        accept(Rule.INTEGER, "2^48 - 1 in a shape", "{" + tensor("a", "U8", "[0,281474976710655]", "[0,0]") + "}", 0),
        reject(Rule.INTEGER, "2^48", "{" + tensor("a", "U8", "[0,281474976710656]", "[0,0]") + "}", 0),
        reject(Rule.INTEGER, "a fraction", "{" + tensor("a", "U8", "[2.0]", "[0,2]") + "}", 2),
        reject(Rule.INTEGER, "an exponent", "{" + tensor("a", "U8", "[2e0]", "[0,2]") + "}", 2),
        reject(Rule.INTEGER, "a negative size", "{" + tensor("a", "U8", "[-2]", "[0,2]") + "}", 2),
        reject(Rule.INTEGER, "minus zero", "{" + tensor("a", "U8", "[-0]", "[0,0]") + "}", 0),
        reject(Rule.INTEGER, "a string", "{" + tensor("a", "U8", "[\"2\"]", "[0,2]") + "}", 2),
        reject(Rule.INTEGER, "true", "{" + tensor("a", "U8", "[true]", "[0,1]") + "}", 1),
        reject(Rule.INTEGER, "a nested list", "{" + tensor("a", "U8", "[[2]]", "[0,2]") + "}", 2),
        reject(Rule.INTEGER, "an offset of 2^64", "{" + tensor("a", "U8", "[2]", "[18446744073709551616,18446744073709551618]") + "}", 2));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rule(Case testCase) throws IOException {
    Path path = RawSafetensors.write(folder, "case.safetensors", testCase.file());
    if (testCase.accepted()) {
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        testCase.use().of(file);
      }
      return;
    }
    SafetensorsException error = assertThrows(SafetensorsException.class, () -> {
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        testCase.use().of(file);
      }
    });
    assertEquals(testCase.rule(), error.rule(), error.getMessage());
    assertEquals(path, error.file());
    assertTrue(error.getMessage().startsWith(path + ": "), error.getMessage());
    assertTrue(error.getMessage().contains("expected " + error.expected() + ", found " + error.found()), error.getMessage());
  }

  @Test
  void everyRuleHasBothKinds() {
    EnumSet<Rule> accepting = EnumSet.of(Rule.WRITER, Rule.INDEX); // in the tests below and in ShardedWeightsTest
    EnumSet<Rule> rejecting = EnumSet.copyOf(accepting);
    cases().forEach(c -> (c.accepted() ? accepting : rejecting).add(c.rule()));
    assertEquals(EnumSet.allOf(Rule.class), accepting);
    assertEquals(EnumSet.allOf(Rule.class), rejecting);
  }

  @Test
  void rule20AcceptsAndOrders() throws IOException {
    Path path = folder.resolve("written.safetensors");
    SafetensorsWriter.write(path, List.of(
        Entry.ofLongs("z", SafetensorsType.I64, new long[] {1}, new long[] {-1}),
        Entry.ofFloats("a", SafetensorsType.BF16, new long[] {1}, new float[] {1}),
        Entry.ofFloats("\uffff", SafetensorsType.F32, new long[] {}, new float[] {1}),
        Entry.ofFloats("\ud83d\ude80", SafetensorsType.F32, new long[] {}, new float[] {2}),
        Entry.ofFloats("b", SafetensorsType.F32, new long[] {}, new float[] {3})));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals(List.of("z", "b", "\uffff", "\ud83d\ude80", "a"), List.copyOf(file.names()));
    }
    byte[] bytes = Files.readAllBytes(path);
    assertEquals(0, bytes[0] % 8, "header length");
    assertEquals('{', bytes[8]);
  }

  @Test
  void rule20RejectsNamesThatCannotBeRead() {
    Entry entry = Entry.ofFloats("a", SafetensorsType.F32, new long[] {}, new float[] {1});
    Entry reserved = Entry.ofFloats("__metadata__", SafetensorsType.F32, new long[] {}, new float[] {1});
    for (List<Entry> entries : List.of(List.of(entry, entry), List.of(reserved))) {
      Path path = folder.resolve("refused.safetensors");
      SafetensorsException error =
          assertThrows(SafetensorsException.class, () -> SafetensorsWriter.write(path, entries));
      assertEquals(Rule.WRITER, error.rule());
      assertTrue(Files.notExists(path));
    }
  }

  private static String everyType() {
    StringBuilder header = new StringBuilder("{");
    int offset = 0;
    for (SafetensorsType type : SafetensorsType.values()) {
      int end = offset + type.bits();
      header.append(offset == 0 ? "" : ",").append(tensor(type.name(), type.name(), "[2,4]", "[" + offset + "," + end + "]"));
      offset = end;
    }
    return header.append("}").toString();
  }

  private static void readAll(SafetensorsFile file) throws IOException {
    for (String name : file.names()) {
      TensorInfo info = file.info(name);
      if (info.dtype().isFloat()) {
        file.readFloats(name);
      } else {
        file.readBytes(name, 0, ByteBuffer.allocate((int) info.bytes()));
      }
    }
  }
}

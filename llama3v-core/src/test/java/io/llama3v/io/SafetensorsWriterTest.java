package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.io.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsWriterTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @TempDir
  Path folder;

  @ParameterizedTest
  @EnumSource(SafetensorsType.class)
  void everyTypeRoundTripsByteForByte(SafetensorsType type) throws IOException {
    byte[] data = new byte[type.bits() * 5];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 37);
    }
    Path first = folder.resolve("first.safetensors");
    SafetensorsWriter.write(first, List.of(Entry.of("x", type, new long[] {5, 8}, sink -> sink.bytes(ByteBuffer.wrap(data)))));
    Path second = folder.resolve("second.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(first, 16)) {
      byte[] read = new byte[data.length];
      file.readBytes("x", 0, ByteBuffer.wrap(read));
      assertArrayEquals(data, read);
      SafetensorsWriter.write(second, List.of(Entry.copyOf(file, "x")));
    }
    assertEquals(-1, Files.mismatch(first, second));
  }

  @ParameterizedTest
  @EnumSource(value = SafetensorsType.class, names = {"F32", "F16", "BF16", "F64"})
  void floatsInPiecesRoundTrip(SafetensorsType type) throws IOException {
    float[] values = new float[200_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i - 100_000) / 128f % 2; // exact in every type
    }
    Path path = folder.resolve("floats.safetensors");
    SafetensorsWriter.write(path, List.of(Entry.of("x", type, new long[] {values.length}, sink -> {
      sink.floats(FloatBuffer.wrap(values, 0, 77_777));
      sink.floats(FloatBuffer.wrap(values, 77_777, values.length - 77_777));
    })));
    try (SafetensorsFile file = SafetensorsFile.open(path, 1001)) {
      assertArrayEquals(values, file.readFloats("x"));
      float[] middle = new float[3];
      file.readFloats("x", 150_000, FloatBuffer.wrap(middle));
      assertEquals(values[150_001], middle[1]);
    }
  }

  @ParameterizedTest
  @EnumSource(value = SafetensorsType.class, names = {"I64", "I32", "U32", "I16", "U16", "I8", "U8", "BOOL"})
  void integersRoundTripAndStayInRange(SafetensorsType type) throws IOException {
    boolean unsigned = type.name().startsWith("U");
    long most = type == SafetensorsType.BOOL ? 1 : (1L << type.bits() - (unsigned ? 0 : 1)) - 1;
    long least = unsigned || type == SafetensorsType.BOOL ? 0 : -most - 1;
    long[] values = {least, 0, 1, most};
    Path path = folder.resolve("integers.safetensors");
    SafetensorsWriter.write(path, List.of(Entry.ofLongs("x", type, new long[] {4}, values)));
    try (SafetensorsFile file = SafetensorsFile.open(path, 9)) {
      assertArrayEquals(values, file.readLongs("x"));
    }
    if (type != SafetensorsType.I64) {
      Entry outside = Entry.ofLongs("x", type, new long[] {1}, new long[] {most + 1});
      assertThrows(IllegalArgumentException.class, () -> SafetensorsWriter.write(path, List.of(outside)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama_bf16/model.safetensors", "llama_f16/model.safetensors", "llama_bf16/io.safetensors"})
  void writesTheVeryBytesOfTheReference(String name) throws IOException {
    Path golden = GOLDEN.resolve(name);
    Path copied = folder.resolve("copied.safetensors");
    Path converted = folder.resolve("converted.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(golden)) {
      List<Entry> copies = new ArrayList<>();
      List<Entry> conversions = new ArrayList<>();
      for (String tensor : file.names()) {
        TensorInfo info = file.info(tensor);
        copies.add(Entry.copyOf(file, tensor));
        conversions.add(info.dtype().isFloat()
            ? Entry.ofFloats(tensor, info.dtype(), info.shape(), file.readFloats(tensor))
            : Entry.ofLongs(tensor, info.dtype(), info.shape(), file.readLongs(tensor)));
      }
      Collections.reverse(copies);
      SafetensorsWriter.write(copied, copies, file.metadata());
      SafetensorsWriter.write(converted, conversions, file.metadata());
    }
    assertEquals(-1, Files.mismatch(golden, copied));
    assertEquals(-1, Files.mismatch(golden, converted));
  }

  @Test
  void namesAndMetadataAreEscaped() throws IOException {
    String name = "a\"\\\b\t\n\f\r\u0001/\u00e9\u2028\ud83d\ude80";
    Path path = folder.resolve("escaped.safetensors");
    SafetensorsWriter.write(path, List.of(Entry.ofLongs(name, SafetensorsType.U8, new long[] {}, new long[] {7})),
        Map.of(name, name, "b", "c"));
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertArrayEquals(new long[] {7}, file.readLongs(name));
      assertEquals(Map.of(name, name, "b", "c"), file.metadata());
    }
  }

  @Test
  void aBodyThatProducesTooMuchOrTooLittleLeavesTheOldFile() throws IOException {
    Path path = folder.resolve("kept.safetensors");
    SafetensorsWriter.write(path, List.of());
    byte[] before = Files.readAllBytes(path);
    for (int length : new int[] {1, 3}) {
      Entry entry = Entry.ofFloats("x", SafetensorsType.F32, new long[] {2}, new float[length]);
      IllegalStateException error =
          assertThrows(IllegalStateException.class, () -> SafetensorsWriter.write(path, List.of(entry)));
      assertTrue(error.getMessage().startsWith("tensor 'x': expected 8 bytes of data, found "), error.getMessage());
      assertArrayEquals(before, Files.readAllBytes(path));
      try (var files = Files.list(folder)) {
        assertEquals(1, files.count(), "temporary files are gone");
      }
    }
  }
}

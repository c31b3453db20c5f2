package io.llama3v.data.curate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PartDataTest {
  @Test
  void longTextsAndArraysComeBack() throws IOException {
    String text = "\uD83D\uDE00 \u00e9".repeat(30_000); // more than writeUTF takes
    long[] values = LongStream.range(0, 200_001).map(i -> i * i).toArray();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    PartData.writeText(text, out);
    PartData.writeLongs(values, out);
    PartData.writeText("", out);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    assertEquals(text, PartData.readText(in));
    assertArrayEquals(values, PartData.readLongs(in));
    assertEquals("", PartData.readText(in));
    assertEquals(0, in.available());
  }

  @Test
  void lengthsThatLieAskForNoMemory() {
    byte[] lie = {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xf0, 1, 2, 3, 4, 5, 6, 7, 8}; // two thousand million of them
    assertThrows(EOFException.class, () -> PartData.readText(new DataInputStream(new ByteArrayInputStream(lie))));
    assertThrows(EOFException.class, () -> PartData.readLongs(new DataInputStream(new ByteArrayInputStream(lie))));
    assertThrows(IOException.class, () -> PartData.length(new DataInputStream(new ByteArrayInputStream(new byte[] {-1, 0, 0, 0}))));
  }
}

package io.llama3v.train.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.report.TensorBoardReader.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {

  @Test
  void checksumIsCastagnolisMasked() {
    // CRC32C of "123456789" is e3069283 (RFC 3720).
    int crc = 0xe3069283;
    int masked = (crc >>> 15 | crc << 17) + 0xa282ead8;
    byte[] expected = {(byte) masked, (byte) (masked >> 8), (byte) (masked >> 16), (byte) (masked >> 24)};
    assertArrayEquals(expected, TensorBoardWriter.maskedCrc("123456789".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void writesScalarsImagesAndTexts(@TempDir Path directory) throws IOException {
    Path file;
    try (TensorBoardWriter writer = TensorBoardWriter.create(directory.resolve("tb"))) {
      file = writer.file();
      writer.scalar("clip/loss", 300, 2.5);
      writer.scalars(1L << 40, Map.of("lr", 1e-3));
      writer.image("sample", 3, new byte[] {1, 2, (byte) 200}, 640, 480);
      writer.text("caption", 4, "a r\u00f6d house");
    }
    assertTrue(file.getFileName().toString().startsWith("events.out.tfevents."));
    List<Message> events = TensorBoardReader.read(file);
    assertEquals(5, events.size());
    assertEquals("brain.Event:2", events.get(0).text(3));
    double wallTime = Double.longBitsToDouble((Long) events.get(0).get(1));
    assertTrue(wallTime > 1.6e9 && wallTime < 1e11, "seconds, not milliseconds");

    Message scalar = events.get(1).message(5).message(1);
    assertEquals(300L, events.get(1).get(2));
    assertEquals("clip/loss", scalar.text(1));
    assertEquals(2.5f, scalar.real(2));
    assertEquals(1L << 40, events.get(2).get(2));

    Message image = events.get(3).message(5).message(1).message(4);
    assertEquals(List.of(480L, 640L, 3L), List.of(image.get(1), image.get(2), image.get(3)));
    assertArrayEquals(new byte[] {1, 2, (byte) 200}, (byte[]) image.get(4));

    Message text = events.get(4).message(5).message(1);
    assertEquals("text", text.message(9).message(1).text(1));
    assertEquals(7L, text.message(8).get(1));
    assertEquals(1L, text.message(8).message(2).message(2).get(1));
    assertEquals("a r\u00f6d house", text.message(8).text(8));
  }

  @Test
  void aResumedRunTakesBackTheStepsThatComeAgain(@TempDir Path directory) throws IOException {
    Path file;
    try (TensorBoardWriter writer = TensorBoardWriter.resume(directory, 20)) {
      file = writer.file();
      writer.scalar("loss", 21, 2);
    }
    List<Message> events = TensorBoardReader.read(file);
    assertEquals(21L, events.get(1).get(2), "from this step on, earlier files do not count");
    assertEquals(1L, events.get(1).message(7).get(1), "SessionLog.START");
    assertEquals(21L, events.get(2).get(2));
  }

  @Test
  void everyWriterHasItsOwnFileAndDamageShows(@TempDir Path directory) throws IOException {
    Path file;
    try (TensorBoardWriter first = TensorBoardWriter.create(directory); TensorBoardWriter second = TensorBoardWriter.create(directory)) {
      assertNotEquals(first.file(), second.file());
      file = first.file();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 6] ^= 1;
    Files.write(file, bytes);
    assertThrows(IOException.class, () -> TensorBoardReader.read(file));
  }
}

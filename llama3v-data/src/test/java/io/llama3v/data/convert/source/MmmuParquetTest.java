package io.llama3v.data.convert.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.jerolba.carpet.CarpetWriter;
import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hub's Parquet: columns in their published order and nesting. */
class MmmuParquetTest {
  /** A picture as the hub stores it. */
  public record Image(Binary bytes, String path) {}

  /** A row of the hub's files. */
  @SuppressWarnings("checkstyle:RecordComponentName")
  public record Row(String id, String question, String options, String explanation, Image image_1, Image image_2, Image image_3, Image image_4,
      Image image_5, Image image_6, Image image_7, String img_type, String answer, String topic_difficulty, String question_type, String subfield) {}

  @TempDir
  Path folder;

  @Test
  void picturesComeWithTheRows() throws IOException {
    Path file = folder.resolve("validation-00000-of-00001.parquet");
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', 0, (byte) 0xff};
    try (OutputStream out = Files.newOutputStream(file); CarpetWriter<Row> writer = new CarpetWriter<>(out, Row.class)) {
      writer.write(new Row("validation_Accounting_1", "<image 1> How much?", "['$6', '$7']", "", new Image(Binary.fromConstantByteArray(png), "a.png"), null,
          null, null, null, null, null, "['Tables']", "B", "Medium", "multiple-choice", "Managerial"));
    }
    try (Mmmu source = Mmmu.open(List.of(file))) {
      Example e = source.next();
      assertEquals("Accounting", e.group());
      assertEquals(new Task.Choice("<image 1> How much?", null, List.of("$6", "$7"), 1, null), e.task());
      Picture.Embedded picture = (Picture.Embedded) e.pictures().get(0);
      assertEquals("validation_Accounting_1-1", picture.name());
      assertArrayEquals(png, picture.bytes());
      assertNull(source.next());
    }
    Path broken = Files.write(folder.resolve("broken.parquet"), new byte[100]);
    try (Mmmu source = Mmmu.open(List.of(broken))) {
      assertThrows(IOException.class, source::next);
    }
  }
}

package io.llama3v.data.document;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads source files whose size was checked first. */
public final class SourceFile {
  /** Bytes of a text source at most. */
  public static final int MAX_TEXT = 1 << 20;
  /** Bytes of a binary source at most. */
  public static final int MAX_BINARY = 64 << 20;

  private SourceFile() {}

  /**
   * The file as UTF-8 text.
   *
   * @throws DocumentException if it is larger than {@link #MAX_TEXT} or is no UTF-8
   */
  public static String text(Path file) throws IOException {
    byte[] bytes = bytes(file, MAX_TEXT);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new DocumentException(file.toString(), "not UTF-8", "expected UTF-8 text, found other bytes; convert the file", e);
    }
  }

  /**
   * The file's bytes.
   *
   * @throws DocumentException if there are more than {@code most}
   */
  public static byte[] bytes(Path file, int most) throws IOException {
    long size = Files.size(file);
    if (size > most) {
      throw new DocumentException(file.toString(), "too large", "has " + size + " bytes; expected at most " + most + ": split the file");
    }
    return Files.readAllBytes(file);
  }
}

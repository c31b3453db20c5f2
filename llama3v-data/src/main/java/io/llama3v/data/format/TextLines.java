package io.llama3v.data.format;

import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of a UTF-8 file; what is none is told with its place. */
public final class TextLines {
  private TextLines() {}

  /** Takes lines in their order. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes one line without its end.
     *
     * @param number from 1
     */
    void line(String text, long number) throws IOException;
  }

  /**
   * Hands over every line.
   *
   * @throws IOException if the file cannot be read, a line is not UTF-8 or longer than {@link Limits#LINE_BYTES}
   */
  public static void forEach(Path file, Sink sink) throws IOException {
    try (LineReader lines = new LineReader(Files.newInputStream(file))) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        String where = file + ":" + lines.number();
        if (lines.tooLong()) {
          throw new IOException(where + ": the line is longer than " + Limits.LINE_BYTES + " bytes; is this a text file?");
        }
        int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        String text;
        try {
          text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, length)).toString();
        } catch (CharacterCodingException e) {
          throw new IOException(where + ": not valid UTF-8; save the file in that encoding", e);
        }
        sink.line(text, lines.number());
      }
    }
  }
}

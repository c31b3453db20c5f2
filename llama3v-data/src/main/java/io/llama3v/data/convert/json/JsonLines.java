package io.llama3v.data.convert.json;

import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.format.LineReader;
import io.llama3v.io.Json;
import io.llama3v.io.Limits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JSONL file, one line at a time. */
public final class JsonLines implements AutoCloseable {
  private final Path file;
  private final LineReader lines;

  private JsonLines(Path file) throws IOException {
    this.file = file;
    this.lines = new LineReader(new BufferedInputStream(Files.newInputStream(file)));
  }

  public static JsonLines open(Path file) throws IOException {
    return new JsonLines(file);
  }

  /** The next line that is not blank; null after the last. */
  public JsonView next() throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      String where = file + ":" + lines.number();
      if (lines.tooLong()) throw new ConvertException(where + ": a line of more than " + Limits.LINE_BYTES + " bytes");
      if (LineReader.isBlank(line)) continue;
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
        return JsonView.of(file, lines.number(), Json.parse(text, where));
      } catch (CharacterCodingException e) {
        throw new ConvertException(where + ": not valid UTF-8", e);
      } catch (IOException e) {
        throw new ConvertException(e.getMessage(), e);
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}

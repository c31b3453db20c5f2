package io.llama3v.data.curate.ngram;

import io.llama3v.io.Limits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/** Text of good quality that can be read as often as needed, line by line; n-grams do not reach over a line's end. */
@FunctionalInterface
public interface ReferenceText {
  /** Hands over every line in order. */
  void forEachLine(Consumer<String> line) throws IOException;

  /** Lines in memory. */
  static ReferenceText of(List<String> lines) {
    return consumer -> lines.forEach(consumer);
  }

  /** UTF-8 text files, gzipped where the name ends in {@code .gz}. A line longer than {@link Limits#LINE_BYTES} is cut there. */
  static ReferenceText files(List<Path> files) {
    return consumer -> {
      for (Path file : files) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            InputStream in = file.toString().endsWith(".gz") ? new BufferedInputStream(new GZIPInputStream(raw, 1 << 16), 1 << 16) : raw) {
          lines(in, consumer);
        } catch (IOException e) {
          throw new IOException(file + ": cannot be read as text" + (file.toString().endsWith(".gz") ? " in gzip" : "") + ": " + e.getMessage(), e);
        }
      }
    };
  }

  private static void lines(InputStream in, Consumer<String> consumer) throws IOException {
    byte[] line = new byte[4096];
    int length = 0;
    for (int b; (b = in.read()) >= 0;) {
      if (b == '\n' || length == Limits.LINE_BYTES) {
        consumer.accept(new String(line, 0, length, StandardCharsets.UTF_8));
        length = 0;
        if (b == '\n') continue;
      }
      if (length == line.length) line = java.util.Arrays.copyOf(line, Math.min(2 * length, Limits.LINE_BYTES));
      line[length++] = (byte) b;
    }
    if (length > 0) consumer.accept(new String(line, 0, length, StandardCharsets.UTF_8));
  }
}

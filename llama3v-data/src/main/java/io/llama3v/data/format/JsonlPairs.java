package io.llama3v.data.format;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.io.Digests;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The lines of one JSONL file as samples that can be read at random. Indexing reads the file once and holds 8 bytes a line; blank lines
 * are no samples. What a line holds shows when it is read: bad ones throw {@link LineException} then.
 */
public final class JsonlPairs implements SampleSource, AutoCloseable {
  private final Path file;
  private final JsonlFormat format;
  private final FileChannel channel;
  private long[] starts = new long[1024];
  private int[] lengths = new int[1024];
  private int[] numbers = new int[1024];
  private int size;

  private JsonlPairs(Path file, JsonlFormat format) throws IOException {
    this.file = file;
    this.format = format;
    try (LineReader lines = new LineReader(new BufferedInputStream(Files.newInputStream(file)))) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (!lines.tooLong() && LineReader.isBlank(line)) {
          continue;
        }
        if (size == starts.length) {
          starts = Arrays.copyOf(starts, 2 * size);
          lengths = Arrays.copyOf(lengths, 2 * size);
          numbers = Arrays.copyOf(numbers, 2 * size);
        }
        starts[size] = lines.start();
        lengths[size] = lines.tooLong() ? -1 : line.length;
        numbers[size++] = Math.toIntExact(lines.number());
      }
    }
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  /** A file whose pictures lie below its own folder, with the usual fields. */
  public static JsonlPairs open(Path file) throws IOException {
    return open(file, JsonlFormat.in(file.toAbsolutePath().getParent()));
  }

  public static JsonlPairs open(Path file, JsonlFormat format) throws IOException {
    return new JsonlPairs(file, format);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Sample read(long index) throws IOException {
    int i = Math.toIntExact(index);
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException(index + " of " + size);
    }
    if (lengths[i] < 0) {
      throw new LineException(JsonlFormat.name(file, numbers[i]), "line-too-long", file + ":" + numbers[i] + ": the line is too long");
    }
    ByteBuffer line = ByteBuffer.allocate(lengths[i]);
    while (line.hasRemaining()) {
      if (channel.read(line, starts[i] + line.position()) < 0) {
        throw new EOFException(file + ": became shorter since it was indexed");
      }
    }
    return format.parse(line.array(), file, numbers[i]);
  }

  /** SHA-256 of the lines. Pictures are not read for it. */
  @Override
  public String fingerprint() throws IOException {
    return Digests.sha256(file);
  }

  @Override
  public String describe() {
    return file.toString();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

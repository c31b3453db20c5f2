package io.llama3v.data.convert.source;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CloseableIterator;
import com.jerolba.carpet.io.FileSystemInputFile;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.io.api.Binary;

/** Rows of a Parquet file. What is in memory at a time is a row group, whose size the file's writer chose. */
final class ParquetRows implements AutoCloseable {
  private static final long MAX_BYTES = 8L << 30;
  private final Path file;
  @SuppressWarnings("rawtypes")
  private final CloseableIterator<Map> rows;

  @SuppressWarnings("rawtypes")
  private ParquetRows(Path file, CloseableIterator<Map> rows) {
    this.file = file;
    this.rows = rows;
  }

  static ParquetRows open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) throw new NoSuchFileException(file.toString());
    if (Files.size(file) > MAX_BYTES) throw new IOException(file + ": expected at most " + MAX_BYTES + " bytes, found " + Files.size(file));
    try {
      return new ParquetRows(file, new CarpetReader<>(new FileSystemInputFile(file.toFile()), Map.class).iterator());
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException("reading " + file + " needs com.jerolba:carpet-record on the class path", e);
    } catch (RuntimeException e) {
      throw damaged(file, e);
    }
  }

  /** The next row by column; null after the last. */
  Map<?, ?> next() throws IOException {
    try {
      return rows.hasNext() ? rows.next() : null;
    } catch (RuntimeException e) {
      throw damaged(file, e);
    }
  }

  /** The bytes of a binary value; null for none. */
  static byte[] bytes(Object value) throws IOException {
    byte[] bytes = value == null ? null : value instanceof byte[] array ? array : value instanceof Binary binary ? binary.getBytes()
        : value instanceof ByteBuffer buffer ? copy(buffer) : String.valueOf(value).getBytes(StandardCharsets.ISO_8859_1);
    if (bytes != null && bytes.length > Limits.IMAGE_BYTES) throw new IOException("a picture of " + bytes.length + " bytes; at most " + Limits.IMAGE_BYTES);
    return bytes;
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  // The Parquet reader meets damaged bytes with every kind of runtime exception.
  private static IOException damaged(Path file, RuntimeException e) {
    return new IOException(file + ": damaged or no Parquet file: " + e, e);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}

package io.llama3v.io;

import io.llama3v.io.SafetensorsException.Rule;
import io.llama3v.io.SafetensorsHeader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A safetensors file, read through memory-mapped windows. Opening it reads and checks the whole header against every
 * rule of the format ({@link SafetensorsException.Rule}); data are read only when asked for. Files and tensors may be
 * larger than 2 GB.
 */
public final class SafetensorsFile implements WeightSource {
  private final Path file;
  private final SafetensorsHeader header;
  private final MappedWindows windows;
  /** Readers share it; closing takes it alone, since a read from unmapped memory would end the virtual machine. */
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private boolean closed;

  private SafetensorsFile(Path file, SafetensorsHeader header, MappedWindows windows) {
    this.file = file;
    this.header = header;
    this.windows = windows;
  }

  /** Opens a file and checks its header. Throws {@link SafetensorsException} when the file breaks a rule. */
  public static SafetensorsFile open(Path file) throws IOException {
    return open(file, MappedWindows.WINDOW_BYTES);
  }

  static SafetensorsFile open(Path file, int windowBytes) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      SafetensorsHeader header = SafetensorsHeader.read(file, channel);
      return new SafetensorsFile(file, header, new MappedWindows(channel, channel.size(), windowBytes));
    } catch (Throwable failed) {
      channel.close();
      throw failed;
    }
  }

  @Override
  public Set<String> names() {
    return header.tensors().keySet();
  }

  @Override
  public TensorInfo info(String name) throws IOException {
    return entry(name).info();
  }

  @Override
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public String describe() {
    return file.toString();
  }

  @Override
  public void readFloats(String name, long fromElement, FloatBuffer dst) throws IOException {
    Entry entry = entry(name);
    SafetensorsType dtype = entry.info().dtype();
    if (!dtype.isFloat()) {
      throw new SafetensorsException(file, Rule.CONVERSION, "reading '" + name + "' as floats",
          "F32, F16, BF16 or F64", dtype);
    }
    read(entry, fromElement, dst.remaining(), dtype.bytes(), new ElementReader.Floats(dtype, dst));
  }

  @Override
  public long[] readLongs(String name) throws IOException {
    Entry entry = entry(name);
    SafetensorsType dtype = entry.info().dtype();
    if (!ElementReader.Longs.TYPES.contains(dtype)) {
      throw new SafetensorsException(file, Rule.CONVERSION, "reading '" + name + "' as integers",
          "one of " + ElementReader.Longs.TYPES, dtype);
    }
    long[] values = new long[ArraySize.of(entry.info(), describe())];
    read(entry, 0, values.length, dtype.bytes(), new ElementReader.Longs(dtype, values));
    return values;
  }

  @Override
  public boolean hasBytes() {
    return true;
  }

  @Override
  public void readBytes(String name, long fromByte, ByteBuffer dst) throws IOException {
    read(entry(name), fromByte, dst.remaining(), 1, (source, count) -> {
      dst.put(source.slice().limit(count));
      source.position(source.position() + count);
    });
  }

  /** Reads {@code count} units of {@code unitBytes} bytes each, window by window. */
  private void read(Entry entry, long fromUnit, long count, int unitBytes, ElementReader reader) throws IOException {
    long units = entry.info().bytes() / unitBytes;
    if (fromUnit < 0 || fromUnit > units || count > units - fromUnit) {
      throw new SafetensorsException(file, Rule.REQUEST, "reading '" + entry.info().name() + "'",
          "a range within its " + units + " elements", count + " from " + fromUnit + " on");
    }
    Lock lock = use.readLock();
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException(file + " is closed");
      }
      long position = header.dataStart() + entry.begin() + fromUnit * unitBytes;
      for (long left = count; left > 0;) {
        ByteBuffer source = windows.at(position);
        int available = (int) Math.min(left, source.remaining() / unitBytes);
        reader.read(source, available);
        left -= available;
        position += (long) available * unitBytes;
      }
    } catch (InternalError fault) {
      // What Java makes of a page that has gone: the file was cut short by someone after it was opened.
      throw new SafetensorsException(file, Rule.FILE_LENGTH, "file", "its length when it was opened", "less");
    } finally {
      lock.unlock();
    }
  }

  private Entry entry(String name) throws SafetensorsException {
    Entry entry = header.tensors().get(name);
    if (entry == null) {
      throw new SafetensorsException(file, Rule.REQUEST, "tensor '" + name + "'",
          "one of the file's " + names().size() + " tensors (nearest: "
              + String.join(", ", NearestNames.of(name, names(), 3)) + ")", "none of this name");
    }
    return entry;
  }

  @Override
  public void close() throws IOException {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        windows.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }
}

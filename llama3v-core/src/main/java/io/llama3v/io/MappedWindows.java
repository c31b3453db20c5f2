package io.llama3v.io;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A file of any length, mapped into memory piece by piece as it is touched. A Java buffer ends at 2 GB, so the file is
 * cut into windows, each reaching a few bytes into the next: an element that begins in a window lies wholly in it.
 */
final class MappedWindows implements AutoCloseable {
  static final int WINDOW_BYTES = 1 << 30;
  private static final int OVERLAP = 8; // the widest element

  private final FileChannel channel;
  private final long size;
  private final int window;
  private final MappedByteBuffer[] windows;

  MappedWindows(FileChannel channel, long size, int window) {
    this.channel = channel;
    this.size = size;
    this.window = window;
    this.windows = new MappedByteBuffer[Math.toIntExact((size + window - 1) / window)];
  }

  /** A little-endian view that begins at {@code position} and holds at least one element, or reaches the file's end. */
  ByteBuffer at(long position) throws IOException {
    int index = (int) (position / window);
    MappedByteBuffer mapped;
    synchronized (windows) {
      if (windows[index] == null) {
        long start = (long) index * window;
        windows[index] = channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min((long) window + OVERLAP, size - start));
      }
      mapped = windows[index];
    }
    ByteBuffer view = mapped.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return view.position((int) (position % window));
  }

  /** Unmaps everything; no view may be used afterwards. */
  @Override
  public void close() throws IOException {
    synchronized (windows) {
      for (int i = 0; i < windows.length; i++) {
        if (windows[i] != null) {
          Unmapper.unmap(windows[i]);
          windows[i] = null;
        }
      }
    }
    channel.close();
  }

  /**
   * Java 17 has no public call that unmaps a buffer; left to the garbage collector, a closed file would keep its
   * address space, and on Windows could not be replaced. Without the internal call, the collector does it.
   */
  private static final class Unmapper {
    private static final Object UNSAFE;
    private static final Method INVOKE_CLEANER;

    static {
      Object unsafe = null;
      Method cleaner = null;
      try {
        Class<?> type = Class.forName("sun.misc.Unsafe");
        Field field = type.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        unsafe = field.get(null);
        cleaner = type.getMethod("invokeCleaner", ByteBuffer.class);
      } catch (ReflectiveOperationException | RuntimeException absent) {
        unsafe = null;
      }
      UNSAFE = unsafe;
      INVOKE_CLEANER = cleaner;
    }

    static void unmap(MappedByteBuffer buffer) {
      if (UNSAFE == null) {
        return;
      }
      try {
        INVOKE_CLEANER.invoke(UNSAFE, buffer);
      } catch (ReflectiveOperationException refused) {
        throw new IllegalStateException("cannot unmap a file", refused);
      }
    }
  }
}

package io.llama3v.data.curate.dedup;

import io.llama3v.io.AtomicFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Vectors in a file, read back by row: descriptors of more pictures than the heap holds. Written by one thread first, then read by
 * many. Closing deletes the file.
 */
public final class VectorStore implements AutoCloseable {
  private static final int BUFFER = 1 << 20;
  private final Path file;
  private final FileChannel channel;
  private final int dimension;
  private final ByteBuffer pending;
  private int rows;
  private int flushed;

  /** An empty store in a new file. */
  public VectorStore(Path file, int dimension) throws IOException {
    if (dimension < 1) throw new IllegalArgumentException("vectors of " + dimension + " numbers");
    this.file = file;
    this.dimension = dimension;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.pending = ByteBuffer.allocateDirect(Math.max(BUFFER / (4 * dimension), 1) * 4 * dimension);
  }

  /**
   * Appends a vector, scaled to unit length; its row is the number of those before it.
   *
   * @throws IllegalArgumentException if it has another length, or numbers that are not finite
   */
  public void add(float[] vector) throws IOException {
    if (vector.length != dimension) {
      throw new IllegalArgumentException("row " + rows + ": a descriptor of " + vector.length + " numbers; expected " + dimension);
    }
    double squares = 0;
    for (float v : vector) squares += (double) v * v;
    if (!(squares < Double.POSITIVE_INFINITY)) throw new IllegalArgumentException("row " + rows + ": a descriptor that is not finite");
    double scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (float v : vector) pending.putFloat((float) (v * scale));
    rows = Math.addExact(rows, 1);
    if (!pending.hasRemaining()) flush();
  }

  private void flush() throws IOException {
    AtomicFiles.writeFully(channel, pending.flip());
    pending.clear();
    flushed = rows;
  }

  /** Copies a row to {@code into[at ...]}. */
  public void read(int row, float[] into, int at) throws IOException {
    if (flushed < rows) {
      synchronized (this) {
        if (flushed < rows) flush();
      }
    }
    if (row < 0 || row >= rows) throw new IndexOutOfBoundsException("row " + row + " of " + rows);
    ByteBuffer bytes = ByteBuffer.allocate(4 * dimension);
    long position = 4L * dimension * row;
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) throw new EOFException(file + " ends within row " + row);
    }
    bytes.flip().asFloatBuffer().get(into, at, dimension);
  }

  /** Copies rows {@code order[from..to)} one after the other. */
  float[] gather(int[] order, int from, int to) throws IOException {
    float[] out = new float[Math.multiplyExact(to - from, dimension)];
    for (int i = from; i < to; i++) read(order[i], out, (i - from) * dimension);
    return out;
  }

  /** The dot product of two rows, in double and always in the same order: the same bits on every machine. */
  double similarity(float[] a, int rowA, float[] b, int rowB) {
    double sum = 0;
    for (int i = 0; i < dimension; i++) sum += (double) a[rowA * dimension + i] * b[rowB * dimension + i];
    return sum;
  }

  /** Numbers in a vector. */
  public int dimension() {
    return dimension;
  }

  /** Vectors held. */
  public int rows() {
    return rows;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}

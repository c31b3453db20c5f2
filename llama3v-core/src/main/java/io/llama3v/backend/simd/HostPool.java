package io.llama3v.backend.simd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.bytedeco.javacpp.Pointer;

/**
 * Off-heap memory that is kept and reused. Page faults on fresh memory cost as much as the arithmetic done in it, and a training step
 * asks for the same sizes again and again. Blocks are cut from large segments, best fit first, and freed neighbours join, so that
 * what is held exceeds what was in use at most by little, whatever mixture of sizes a step asks for. Pages that no block has reached
 * take no memory. Not thread-safe.
 */
final class HostPool {
  private static final long ALIGNMENT = 64;
  /** Memory of this size is asked of the system at once; larger blocks get a segment of their own size. */
  private static final long SEGMENT = 256L << 20;

  /** A stretch of a segment, in use or free; stretches of a segment form a list in the order of their addresses. */
  static final class Block {
    private final Segment segment;
    private final long address;
    private long bytes;
    private boolean free;
    private Block before;
    private Block after;

    private Block(Segment segment, long address, long bytes) {
      this.segment = segment;
      this.address = address;
      this.bytes = bytes;
    }

    long address() {
      return address;
    }

    /** Usable bytes: those asked for, rounded up. */
    long bytes() {
      return bytes;
    }
  }

  /** What malloc returned. */
  private record Segment(long allocation) {}

  private final TreeSet<Block> free =
      new TreeSet<>(Comparator.comparingLong((Block b) -> b.bytes).thenComparingLong(b -> b.address));
  private long live;
  private long peak;
  private long held;
  private boolean closed;

  Block take(long bytes) {
    if (closed) throw new IllegalStateException("the backend is closed: make tensors and run models before that");
    long size = Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Block block = free.ceiling(new Block(null, 0, size));
    if (block == null) block = segment(Math.max(size, SEGMENT), size);
    free.remove(block);
    block.free = false;
    if (block.bytes > size) {
      Block rest = new Block(block.segment, block.address + size, block.bytes - size);
      block.bytes = size;
      link(rest, block.after);
      link(block, rest);
      release(rest);
    }
    live += size;
    peak = Math.max(peak, live);
    return block;
  }

  /** A new segment, as one free block; of the size that is needed if there is no room for the size that is wanted. */
  private Block segment(long wanted, long needed) {
    long size = wanted;
    Pointer raw = Pointer.malloc(size + ALIGNMENT);
    if (raw == null || raw.isNull()) {
      trim();
      size = needed;
      raw = Pointer.malloc(size + ALIGNMENT);
    }
    if (raw == null || raw.isNull()) {
      throw new OutOfMemoryError("cannot allocate " + (needed >> 20) + " MB of host memory (" + (live >> 20)
          + " MB are in use by live tensors): lower the batch size, turn on recomputation, or use a smaller model");
    }
    held += size;
    long address = (raw.address() + ALIGNMENT - 1) & -ALIGNMENT;
    Block block = new Block(new Segment(raw.address()), address, size);
    release(block);
    return block;
  }

  private static void link(Block before, Block after) {
    if (before != null) before.after = after;
    if (after != null) after.before = before;
  }

  private void release(Block block) {
    block.free = true;
    free.add(block);
  }

  void give(Block block) {
    live -= block.bytes;
    Block whole = block;
    if (block.after != null && block.after.free) absorb(block, block.after);
    if (block.before != null && block.before.free) {
      whole = block.before;
      free.remove(whole);
      absorb(whole, block);
    }
    release(whole);
    if (closed) trim();
  }

  /** Takes no more requests, and returns each segment to the system as soon as nothing in it is in use. */
  void close() {
    closed = true;
    trim();
  }

  /** Makes two neighbours one. */
  private void absorb(Block first, Block second) {
    free.remove(second);
    first.bytes += second.bytes;
    link(first, second.after);
  }

  long live() {
    return live;
  }

  long peak() {
    return peak;
  }

  /** Bytes held for reuse, most of them perhaps never touched. */
  long cached() {
    return held - live;
  }

  /** Returns segments that nothing uses. */
  void trim() {
    List<Block> unused = new ArrayList<>();
    for (Block block : free) if (block.before == null && block.after == null) unused.add(block);
    for (Block block : unused) {
      free.remove(block);
      held -= block.bytes;
      Pointer.free(new HostPointer(block.segment.allocation, 1));
    }
  }
}

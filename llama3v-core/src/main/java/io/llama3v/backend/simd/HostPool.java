package io.llama3v.backend.simd;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/**
 * Off-heap memory that is reused by size. Page faults on fresh memory cost as much as the arithmetic done in it, and a training
 * step asks for the same sizes again and again; so freed blocks are kept in free lists until {@link #trim}. Not thread-safe.
 */
final class HostPool {
  private static final int ALIGNMENT = 64;

  /** A block: usable address, usable bytes, and what malloc returned. */
  record Block(long address, long bytes, long allocation) {}

  private final Map<Long, Deque<Block>> free = new HashMap<>();
  private long live;
  private long peak;
  private long cached;

  /** Rounds up so that nearly equal requests share a free list: at most 1/8 is wasted. */
  static long roundUp(long bytes) {
    if (bytes <= 1024) return (bytes + 63) & ~63L;
    long step = Long.highestOneBit(bytes - 1) / 8;
    return (bytes + step - 1) / step * step;
  }

  Block take(long bytes) {
    long size = roundUp(bytes);
    Deque<Block> list = free.get(size);
    Block block = list == null ? null : list.pollLast();
    if (block == null) {
      block = allocate(size);
    } else {
      cached -= size;
    }
    live += size;
    peak = Math.max(peak, live);
    return block;
  }

  private Block allocate(long size) {
    Pointer raw = Pointer.malloc(size + ALIGNMENT);
    if (raw == null || raw.isNull()) {
      trim();
      raw = Pointer.malloc(size + ALIGNMENT);
    }
    if (raw == null || raw.isNull()) {
      throw new OutOfMemoryError("cannot allocate " + (size >> 20) + " MB of host memory (" + (live >> 20)
          + " MB are in use by live tensors): lower the batch size, turn on recomputation, or use a smaller model");
    }
    long address = raw.address();
    return new Block((address + ALIGNMENT - 1) & -ALIGNMENT, size, address);
  }

  void give(Block block) {
    live -= block.bytes;
    cached += block.bytes;
    free.computeIfAbsent(block.bytes, b -> new ArrayDeque<>()).addLast(block);
  }

  long live() {
    return live;
  }

  long peak() {
    return peak;
  }

  /** Bytes held for reuse. */
  long cached() {
    return cached;
  }

  void trim() {
    for (Deque<Block> list : free.values()) {
      for (Block block : list) Pointer.free(new HostPointer(block.allocation, 1));
    }
    free.clear();
    cached = 0;
  }
}

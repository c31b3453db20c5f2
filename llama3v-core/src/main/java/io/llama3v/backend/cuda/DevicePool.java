package io.llama3v.backend.cuda;

import io.llama3v.backend.DeviceMemoryException;
import io.llama3v.backend.MemoryUse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Device memory that is reused by size. The device works in the order of calls, so a block may be handed on as soon as its last user has
 * been asked for: nothing waits. A request takes the smallest free block that is at most an eighth too large. Not thread-safe.
 */
final class DevicePool {
  private static final long SMALL = 1 << 20;
  private static final long GRAIN = 1 << 19;

  /** A block, and the device's {@link #epoch} when it was last given back (-1: never used). */
  static final class Block {
    final long address;
    final long bytes;
    private MemoryUse use;
    private long released = -1;

    Block(long address, long bytes) {
      this.address = address;
      this.bytes = bytes;
    }
  }

  private final Device device;
  private final TreeMap<Long, Deque<Block>> free = new TreeMap<>();
  private final Map<MemoryUse, Long> held = new EnumMap<>(MemoryUse.class);
  private long live;
  private long peak;
  private long cached;
  private long epoch;

  DevicePool(Device device) {
    this.device = device;
    for (MemoryUse use : MemoryUse.values()) held.put(use, 0L);
  }

  /** Rounds up so that nearly equal requests share blocks: to 256 bytes below 1 MB, to 512 KB from there on. */
  static long roundUp(long bytes) {
    long grain = bytes <= SMALL ? 256 : GRAIN;
    return (bytes + grain - 1) / grain * grain;
  }

  Block take(long bytes, MemoryUse use) {
    long size = roundUp(bytes);
    Block block = reuse(size);
    if (block == null) block = fresh(size, use);
    block.use = use;
    held.merge(use, block.bytes, Long::sum);
    live += block.bytes;
    peak = Math.max(peak, live);
    return block;
  }

  private Block reuse(long size) {
    Map.Entry<Long, Deque<Block>> fit = free.ceilingEntry(size);
    if (fit == null || fit.getKey() > size + size / 8) return null;
    Block block = fit.getValue().pollLast();
    if (fit.getValue().isEmpty()) free.remove(fit.getKey());
    cached -= block.bytes;
    return block;
  }

  private Block fresh(long size, MemoryUse use) {
    long address = device.allocate(size);
    if (address == 0 && cached > 0) {
      // What lies in the pool in other sizes may make room.
      trim();
      address = device.allocate(size);
    }
    if (address == 0) throw new DeviceMemoryException(size, use, held, state(), ADVICE);
    return new Block(address, size);
  }

  private static final String ADVICE = "Lower training.batch_size (or training.micro_batch, which keeps the result), turn"
      + " training.recompute on, compute in half the memory (--precision bf16), use fewer or smaller tiles, or train fewer parts. 'llama3v"
      + " plan' says what each would save";

  private String state() {
    DeviceInfo info = device.info();
    long free = device.freeBytes();
    return info.name() + " (" + DeviceMemoryException.size(info.memory()) + ", of which " + DeviceMemoryException.size(free)
        + " are free and " + DeviceMemoryException.size(Math.max(0, info.memory() - free - live - cached))
        + " taken by the driver and other programs)";
  }

  void give(Block block) {
    held.merge(block.use, -block.bytes, Long::sum);
    live -= block.bytes;
    cached += block.bytes;
    block.released = epoch;
    free.computeIfAbsent(block.bytes, b -> new ArrayDeque<>()).addLast(block);
  }

  /** Called whenever the device has been waited for: what was given back before then is no longer being used. */
  void waited() {
    epoch++;
  }

  /** True if nothing that was asked for so far can still touch a block that has just been taken. */
  boolean idle(Block block) {
    return block.released < epoch;
  }

  long live() {
    return live;
  }

  long peak() {
    return peak;
  }

  /** Bytes kept for reuse. */
  long cached() {
    return cached;
  }

  /** Bytes held by live blocks, by use. */
  Map<MemoryUse, Long> held() {
    return new EnumMap<>(held);
  }

  void trim() {
    for (Deque<Block> blocks : free.values()) for (Block block : blocks) device.free(block.address);
    free.clear();
    cached = 0;
  }
}

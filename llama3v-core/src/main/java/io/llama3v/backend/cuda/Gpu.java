package io.llama3v.backend.cuda;

import io.llama3v.backend.MemoryUse;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;

/** What the kernel families share: addresses of operands, launches, temporaries. */
final class Gpu implements AutoCloseable {
  /** Threads of a block wherever the kernel has no reason for another number. */
  static final int THREADS = 256;

  private final Device device;
  private final DevicePool pool;
  private final Arguments arguments = new Arguments();

  Gpu(Device device) {
    this.device = device;
    this.pool = new DevicePool(device);
  }

  Device device() {
    return device;
  }

  DevicePool pool() {
    return pool;
  }

  /** Address of an operand that is read; 0 for null. */
  static long read(Tensor t) {
    return t == null ? 0 : storage(t).address() + t.offset() * t.type().bytes();
  }

  /** Address of an operand that is written; 0 for null. */
  static long write(Tensor t) {
    if (t == null) return 0;
    storage(t).changing();
    return read(t);
  }

  static CudaStorage storage(Tensor t) {
    if (t.storage() instanceof CudaStorage storage) return storage;
    throw new IllegalArgumentException("a tensor " + t + " of the " + t.backend().name() + " backend in an operation of the cuda backend: copy"
        + " it with backend.tensor(t.toFloats(), t.shape()), or load the model on one backend only");
  }

  /** Address of an operand's values in BF16: its own, or those of its copy. */
  static long readBf16(Tensor t) {
    if (t.type() == DType.BF16) return read(t);
    require(t, DType.F32, "an operand of a product in BF16");
    return storage(t).bf16Copy() + t.offset() * DType.BF16.bytes();
  }

  /** Name of an element type in the kernels. */
  static String name(DType type) {
    return switch (type) {
      case F32 -> "float";
      case BF16 -> "bf16";
      case I32 -> "int";
      case F64 -> throw new IllegalArgumentException("the cuda backend computes in F32 and BF16; the nd4j backend computes in F64");
    };
  }

  /** {@code MACRO=type}. */
  static String macro(String name, Tensor t) {
    return name + "=" + name(t.type());
  }

  /** Fails unless an operand that kernels read as one type only has it. */
  static void require(Tensor t, DType type, String what) {
    if (t != null && t.type() != type) throw new IllegalArgumentException(what + " is " + t.type() + "; expected " + type);
  }

  /** Fails unless all of these that are there are F32: parameters of norms, statistics, losses, masks. */
  static void requireF32(String kernel, Tensor... tensors) {
    for (Tensor t : tensors) require(t, DType.F32, "a parameter, statistic or table of " + kernel);
  }

  /** 1 if all addresses allow accesses of that many bytes, else 0. */
  static int aligned(int bytes, long... addresses) {
    long all = 0;
    for (long address : addresses) all |= address;
    return all % bytes == 0 ? 1 : 0;
  }

  /** Blocks for a loop over n elements: enough to fill the device several times over, and no more. */
  int blocks(long n, int perThread) {
    return Math.min(Grid.blocks(n, (long) THREADS * perThread), 16 * device.info().multiprocessors());
  }

  /** Starts the arguments of a launch. */
  Arguments arguments() {
    return arguments.clear();
  }

  /** Launches with the arguments that were last started. */
  void launch(KernelSource source, String kernel, Grid grid) {
    device.launch(source, kernel, grid, arguments);
  }

  /** Launches a loop over n elements. */
  void launchOver(long n, int perThread, KernelSource source, String kernel) {
    launch(source, kernel, Grid.of(blocks(n, perThread), THREADS));
  }

  /** Temporary memory, to be closed after the last launch that uses it has been asked for. */
  Temporary temporary(long bytes) {
    return new Temporary(pool, pool.take(bytes, MemoryUse.WORKSPACE));
  }

  /** A block of memory for the length of one kernel call. */
  record Temporary(DevicePool pool, DevicePool.Block block) implements AutoCloseable {
    long address() {
      return block.address;
    }

    @Override
    public void close() {
      pool.give(block);
    }
  }

  /** Copies n elements, converting. */
  void convert(long from, DType fromType, long to, DType toType, long n) {
    int aligned = aligned(16, from, to);
    arguments().l(from).l(to).l(n).i(aligned);
    launchOver(n, 4, KernelSource.of("fill.cu", "FROM=" + name(fromType), "TO=" + name(toType)), "copy");
  }

  void download(long address, ByteBuffer target) {
    device.download(address, target);
    pool.waited();
  }

  void synchronize() {
    device.synchronize();
    pool.waited();
  }

  @Override
  public void close() {
    pool.trim();
    device.close();
  }
}

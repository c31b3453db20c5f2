package io.llama3v.backend.cuda;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.MemoryUse;
import io.llama3v.io.HalfPrecision;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Map;
import java.util.function.Consumer;

/** Models on an NVIDIA GPU; see the package. Results are bit-identical from run to run on one kind of GPU. */
public final class CudaBackend extends Backend {
  private final Gpu gpu;
  private final Precision precision;
  private final Kernels kernels;
  private boolean closed;

  /**
   * Opens the backend on a device, which it will close.
   *
   * @throws IllegalArgumentException if the device cannot compute in that precision
   */
  public CudaBackend(Device device, Precision precision) {
    if (precision == Precision.BF16 && !device.info().hasBf16()) {
      throw new IllegalArgumentException("precision bf16 needs compute capability 8.0 (Ampere) or newer; " + device.info().name()
          + " has " + device.info().major() + "." + device.info().minor() + ". Use --precision fp32");
    }
    this.gpu = new Gpu(device);
    this.precision = precision;
    this.kernels = new CudaKernels(gpu, precision);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String describe() {
    DeviceInfo info = gpu.device().info();
    return "cuda (" + info.name() + ", " + info.architecture() + ", " + info.multiprocessors() + " multiprocessors, "
        + (info.memory() >> 30) + " GB; " + info.libraries() + "; computes in " + precision + ")";
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  /** What models compute in. */
  public Precision precision() {
    return precision;
  }

  @Override
  public DType computeType() {
    return precision == Precision.BF16 ? DType.BF16 : DType.F32;
  }

  @Override
  public boolean supports(DType type) {
    return type != DType.F64;
  }

  @Override
  public Storage allocate(long bytes) {
    return allocate(bytes, MemoryUse.STATE);
  }

  @Override
  public Storage allocate(long bytes, MemoryUse use) {
    if (bytes <= 0) throw new IllegalArgumentException("a storage of " + bytes + " bytes; expected at least 1");
    return new CudaStorage(gpu, bytes, use);
  }

  @Override
  public void upload(FloatBuffer values, Tensor target) {
    requireBuffer(target, values.remaining(), DType.F32, DType.BF16);
    FloatBuffer source = values.duplicate();
    boolean half = target.type() == DType.BF16;
    send(target, (staging, count) -> {
      if (half) {
        HalfPrecision.toBfloat16(source.limit(source.position() + count), staging.asShortBuffer());
      } else {
        staging.asFloatBuffer().put(source.limit(source.position() + count));
      }
      source.limit(values.limit());
    });
  }

  @Override
  public void upload(IntBuffer values, Tensor target) {
    requireBuffer(target, values.remaining(), DType.I32);
    IntBuffer source = values.duplicate();
    send(target, (staging, count) -> {
      staging.asIntBuffer().put(source.limit(source.position() + count));
      source.limit(values.limit());
    });
  }

  @Override
  public void uploadBytes(ByteBuffer values, Tensor target) {
    if (values.remaining() != target.elements() * target.type().bytes()) {
      throw new IllegalArgumentException(values.remaining() + " bytes for a tensor " + target);
    }
    CudaStorage storage = Gpu.storage(target);
    boolean idle = storage.isIdle();
    gpu.device().upload(values.duplicate(), Gpu.write(target), idle);
  }

  private interface Filler {
    void fill(ByteBuffer staging, int count);
  }

  private void send(Tensor target, Filler filler) {
    CudaStorage storage = Gpu.storage(target);
    boolean idle = storage.isIdle();
    int size = target.type().bytes();
    long address = Gpu.write(target);
    for (long at = 0; at < target.elements(); ) {
      ByteBuffer staging = gpu.device().staging();
      int count = (int) Math.min(staging.capacity() / size, target.elements() - at);
      filler.fill(staging, count);
      gpu.device().upload(staging.limit(count * size), address + at * size, idle);
      at += count;
    }
  }

  @Override
  public void download(Tensor source, FloatBuffer target) {
    requireBuffer(source, target.remaining(), DType.F32, DType.BF16);
    FloatBuffer sink = target.duplicate();
    boolean half = source.type() == DType.BF16;
    receive(source, staging -> {
      if (half) HalfPrecision.fromBfloat16(staging.asShortBuffer(), sink);
      else sink.put(staging.asFloatBuffer());
    });
  }

  @Override
  public void download(Tensor source, IntBuffer target) {
    requireBuffer(source, target.remaining(), DType.I32);
    IntBuffer sink = target.duplicate();
    receive(source, staging -> sink.put(staging.asIntBuffer()));
  }

  private void receive(Tensor source, Consumer<ByteBuffer> drain) {
    int size = source.type().bytes();
    long address = Gpu.read(source);
    for (long at = 0; at < source.elements(); ) {
      ByteBuffer staging = gpu.device().staging();
      int count = (int) Math.min(staging.capacity() / size, source.elements() - at);
      gpu.download(address + at * size, staging.limit(count * size));
      drain.accept(staging);
      at += count;
    }
  }

  @Override
  public long liveBytes() {
    return gpu.pool().live();
  }

  @Override
  public long peakBytes() {
    return gpu.pool().peak();
  }

  /** Bytes of device memory held, by what for. */
  public Map<MemoryUse, Long> held() {
    return gpu.pool().held();
  }

  @Override
  public void trim() {
    gpu.pool().trim();
  }

  @Override
  public void synchronize() {
    gpu.synchronize();
  }

  @Override
  public void close() {
    if (closed) return;
    closed = true;
    gpu.close();
  }
}

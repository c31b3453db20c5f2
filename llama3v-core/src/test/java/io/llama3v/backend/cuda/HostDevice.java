package io.llama3v.backend.cuda;

import io.llama3v.io.HalfPrecision;
import io.llama3v.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A device made of this machine's processor and memory: kernels run through {@link HostCuda}, products are three loops over
 * column-major matrices. Fresh memory holds NaN; all of it is watched for leaks.
 */
public final class HostDevice implements Device {
  private final DeviceInfo info;
  private final long capacity;
  private final Map<Long, BytePointer> taken = new HashMap<>();
  private final ByteBuffer staging = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.nativeOrder());
  private long used;
  int launches;

  /** A small Hopper. */
  public HostDevice() {
    this(new DeviceInfo("host", 9, 0, 4, 1L << 30, 227 << 10, "g++"));
  }

  /** A device of the given kind. */
  public HostDevice(DeviceInfo info) {
    this.info = info;
    this.capacity = info.memory();
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public long allocate(long bytes) {
    if (used + bytes > capacity) return 0;
    BytePointer raw = new BytePointer(Pointer.malloc(bytes + 256)).capacity(bytes + 256);
    Pointer.memset(raw, 0xff, bytes + 256);
    long address = (raw.address() + 255) & ~255L;
    taken.put(address, raw);
    used += bytes;
    raw.limit(bytes);
    return address;
  }

  @Override
  public void free(long address) {
    BytePointer raw = taken.remove(address);
    if (raw == null) throw new IllegalStateException("memory given back twice");
    used -= raw.limit();
    Pointer.free(raw);
  }

  @Override
  public long freeBytes() {
    return capacity - used;
  }

  int blocks() {
    return taken.size();
  }

  @Override
  public ByteBuffer staging() {
    return staging.clear();
  }

  @Override
  public void upload(ByteBuffer source, long address, boolean idle) {
    at(address, source.remaining()).put(source.duplicate());
  }

  @Override
  public void download(long address, ByteBuffer target) {
    target.duplicate().put(at(address, target.remaining()));
  }

  @Override
  public void launch(KernelSource source, String kernel, Grid grid, Arguments arguments) {
    launches++;
    if (grid.sharedBytes() > info.sharedPerBlock()) throw new IllegalArgumentException(kernel + " wants " + grid);
    HostCuda.get().launch(source, kernel, grid, arguments);
  }

  @Override
  public void multiply(MatrixProduct p) {
    long size = p.dType().bytes();
    for (long i = 0; i < p.batch(); i++) {
      ByteBuffer a = matrix(p.a(), i);
      ByteBuffer b = matrix(p.b(), i);
      ByteBuffer d = at(p.d() + i * p.m() * p.n() * size, p.m() * p.n() * size);
      for (int row = 0; row < p.m(); row++) {
        for (int column = 0; column < p.n(); column++) {
          double sum = 0;
          for (int k = 0; k < p.k(); k++) sum += element(p.a(), a, row, k) * element(p.b(), b, k, column);
          int at = row + column * (int) p.m();
          sum *= p.alpha();
          if (p.beta() != 0) sum += p.beta() * get(d, p.dType(), at);
          if (p.bias() != 0) sum += get(at(p.bias(), p.m() * size), p.dType(), row);
          if (p.dType() == DType.F32) d.putFloat(4 * at, (float) sum);
          else d.putShort(2 * at, HalfPrecision.toBfloat16((float) sum));
        }
      }
    }
  }

  private static ByteBuffer matrix(MatrixProduct.Operand o, long index) {
    long bytes = o.rows() * o.columns() * o.type().bytes();
    return at(o.address() + index * bytes, bytes);
  }

  private static double element(MatrixProduct.Operand o, ByteBuffer values, int row, int column) {
    int at = o.transposed() ? column + row * (int) o.rows() : row + column * (int) o.rows();
    return get(values, o.type(), at);
  }

  private static double get(ByteBuffer values, DType type, int at) {
    return type == DType.F32 ? values.getFloat(4 * at) : HalfPrecision.fromBfloat16(values.getShort(2 * at));
  }

  /** Memory at an address. */
  private static ByteBuffer at(long place, long bytes) {
    Pointer pointer = new Pointer() {
      {
        this.address = place;
      }
    };
    return new BytePointer(pointer).capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  @Override
  public void synchronize() {}

  @Override
  public void close() {
    if (!taken.isEmpty()) throw new IllegalStateException(taken.size() + " blocks of device memory were never given back");
  }
}

package io.llama3v.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A GPU through NVIDIA's driver: kernels and products on one stream, uploads into idle memory on a second. */
final class NvidiaDevice implements Device {
  /** Shared memory that a block gets without asking. */
  private static final int PLAIN_SHARED = 48 << 10;

  private record Kernel(KernelSource source, String name) {}

  private static final class Function {
    final CUfunc_st handle = new CUfunc_st();
    int shared = PLAIN_SHARED;
  }

  private final int handle;
  private final CUctx_st context = new CUctx_st();
  private final CUstream_st stream = new CUstream_st();
  private final CUstream_st copies = new CUstream_st();
  private final DeviceInfo info;
  private final KernelCache cache;
  private final PinnedBuffers pinned;
  private final NvidiaBlas blas;
  private final long workspace;
  private final Map<KernelSource, CUmod_st> modules = new HashMap<>();
  private final Map<Kernel, Function> functions = new HashMap<>();
  private final ByteBuffer argumentPlaces = ByteBuffer.allocateDirect(8 * 48).order(ByteOrder.nativeOrder());
  private final Pointer argumentPointers = new BytePointer(argumentPlaces);
  private final Pointer none = new BytePointer((Pointer) null);
  private Thread owner;

  /** Opens a GPU by its number. */
  NvidiaDevice(int ordinal) {
    Driver.check("cuInit", cudart.cuInit(0));
    int[] found = new int[1];
    Driver.check("cuDeviceGet", cudart.cuDeviceGet(found, ordinal));
    this.handle = found[0];
    Driver.check("cuDevicePrimaryCtxRetain", cudart.cuDevicePrimaryCtxRetain(context, handle));
    enter();
    KernelCompiler compiler = new NvrtcCompiler();
    this.info = describe(handle, compiler);
    this.cache = new KernelCache(KernelCache.defaultFolder(), compiler);
    Driver.check("cuStreamCreate", cudart.cuStreamCreate(stream, cudart.CU_STREAM_NON_BLOCKING));
    Driver.check("cuStreamCreate", cudart.cuStreamCreate(copies, cudart.CU_STREAM_NON_BLOCKING));
    this.pinned = new PinnedBuffers();
    this.workspace = allocate(NvidiaBlas.workspaceBytes());
    if (workspace == 0) throw new CudaException(info.name() + " has no " + (NvidiaBlas.workspaceBytes() >> 20) + " MB of memory to spare");
    this.blas = new NvidiaBlas(stream, workspace);
  }

  private static DeviceInfo describe(int device, KernelCompiler compiler) {
    byte[] name = new byte[128];
    Driver.check("cuDeviceGetName", cudart.cuDeviceGetName(name, name.length, device));
    int end = 0;
    while (end < name.length && name[end] != 0) end++;
    int[] driver = new int[1];
    Driver.check("cuDriverGetVersion", cudart.cuDriverGetVersion(driver));
    try (SizeTPointer total = new SizeTPointer(1)) {
      Driver.check("cuDeviceTotalMem", cudart.cuDeviceTotalMem(total, device));
      return new DeviceInfo(new String(name, 0, end, StandardCharsets.UTF_8),
          attribute(device, cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
          attribute(device, cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
          attribute(device, cudart.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT), total.get(),
          attribute(device, cudart.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
          "driver for CUDA " + driver[0] / 1000 + "." + driver[0] % 1000 / 10 + ", " + compiler.version() + ", " + NvidiaBlas.version());
    }
  }

  private static int attribute(int device, int attribute) {
    int[] value = new int[1];
    Driver.check("cuDeviceGetAttribute", cudart.cuDeviceGetAttribute(value, attribute, device));
    return value[0];
  }

  /** The driver keeps the current context by thread, and the backend may have been handed to another. */
  private void enter() {
    if (owner == Thread.currentThread()) return;
    Driver.check("cuCtxSetCurrent", cudart.cuCtxSetCurrent(context));
    owner = Thread.currentThread();
  }

  @Override
  public DeviceInfo info() {
    return info;
  }

  @Override
  public long allocate(long bytes) {
    enter();
    long[] address = new long[1];
    int result = cudart.cuMemAlloc(address, bytes);
    if (result == cudart.CUDA_ERROR_OUT_OF_MEMORY) return 0;
    Driver.check("cuMemAlloc of " + bytes + " bytes", result);
    return address[0];
  }

  @Override
  public void free(long address) {
    enter();
    Driver.check("cuMemFree", cudart.cuMemFree(address));
  }

  @Override
  public long freeBytes() {
    enter();
    try (SizeTPointer free = new SizeTPointer(1); SizeTPointer total = new SizeTPointer(1)) {
      Driver.check("cuMemGetInfo", cudart.cuMemGetInfo(free, total));
      return free.get();
    }
  }

  @Override
  public ByteBuffer staging() {
    enter();
    return pinned.take();
  }

  @Override
  public void upload(ByteBuffer source, long address, boolean idle) {
    enter();
    if (pinned.isCurrent(source)) {
      send(address, source.remaining(), idle);
      return;
    }
    // Pages of a mapped file may be moved by the system: they pass through the ring.
    for (long at = address; source.hasRemaining(); ) {
      ByteBuffer slot = pinned.take();
      int count = Math.min(slot.remaining(), source.remaining());
      slot.put(source.slice().limit(count));
      source.position(source.position() + count);
      send(at, count, idle);
      at += count;
    }
  }

  private void send(long address, int bytes, boolean idle) {
    CUstream_st on = idle ? copies : stream;
    Driver.check("cuMemcpyHtoDAsync", cudart.cuMemcpyHtoDAsync(address, pinned.memory(), bytes, on));
    CUevent_st copied = pinned.copying(on);
    if (idle) Driver.check("cuStreamWaitEvent", cudart.cuStreamWaitEvent(stream, copied, 0));
  }

  @Override
  public void download(long address, ByteBuffer target) {
    enter();
    boolean direct = pinned.isCurrent(target);
    if (direct) {
      Driver.check("cuMemcpyDtoHAsync", cudart.cuMemcpyDtoHAsync(pinned.memory(), address, target.remaining(), stream));
    } else {
      Driver.check("cuMemcpyDtoHAsync", cudart.cuMemcpyDtoHAsync(new BytePointer(target), address, target.remaining(), stream));
    }
    Driver.check("cuStreamSynchronize", cudart.cuStreamSynchronize(stream));
  }

  @Override
  public void launch(KernelSource source, String kernel, Grid grid, Arguments arguments) {
    enter();
    Function function = functions.computeIfAbsent(new Kernel(source, kernel), this::load);
    if (grid.sharedBytes() > function.shared) {
      Driver.check("cuFuncSetAttribute", cudart.cuFuncSetAttribute(function.handle,
          cudart.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, grid.sharedBytes()));
      function.shared = grid.sharedBytes();
    }
    long base = arguments.address();
    for (int i = 0; i < arguments.count(); i++) argumentPlaces.putLong(8 * i, base + arguments.offset(i));
    int result = cudart.cuLaunchKernel(function.handle, grid.x(), grid.y(), grid.z(), grid.threadsX(), grid.threadsY(), 1,
        grid.sharedBytes(), stream, argumentPointers, none);
    if (result != cudart.CUDA_SUCCESS) throw new CudaException(source + " " + kernel + " " + grid + ": " + Driver.describe(result));
  }

  private Function load(Kernel kernel) {
    CUmod_st module = modules.computeIfAbsent(kernel.source, source -> {
      CUmod_st loaded = new CUmod_st();
      try (BytePointer code = new BytePointer(cache.code(source, info.architecture()))) {
        Driver.check("cuModuleLoadData of " + source, cudart.cuModuleLoadData(loaded, code));
      }
      return loaded;
    });
    Function function = new Function();
    Driver.check("cuModuleGetFunction of " + kernel, cudart.cuModuleGetFunction(function.handle, module, kernel.name));
    return function;
  }

  @Override
  public void multiply(MatrixProduct product) {
    enter();
    blas.multiply(product);
  }

  @Override
  public void synchronize() {
    enter();
    Driver.check("cuStreamSynchronize", cudart.cuStreamSynchronize(stream));
  }

  @Override
  public void close() {
    enter();
    cudart.cuStreamSynchronize(stream);
    blas.close();
    cudart.cuMemFree(workspace);
    pinned.close();
    modules.values().forEach(cudart::cuModuleUnload);
    cudart.cuStreamDestroy(copies);
    cudart.cuStreamDestroy(stream);
    cudart.cuDevicePrimaryCtxRelease(handle);
  }
}

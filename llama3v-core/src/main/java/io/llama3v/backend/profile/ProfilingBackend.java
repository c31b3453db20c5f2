package io.llama3v.backend.profile;

import io.llama3v.backend.Backend;
import io.llama3v.backend.KernelCost;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.MemoryUse;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another backend, with every kernel timed. Kernels of an asynchronous device are waited for one by one, so that each gets its own
 * time; the sum is then longer than an undisturbed run. Closing it logs what was measured since the last report.
 */
public final class ProfilingBackend extends Backend implements InvocationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProfilingBackend.class);
  private static final KernelCost UNKNOWN = new KernelCost(0, 0);
  private final Backend inner;
  private final Kernels timed;
  private final Kernels kernels;
  private final Profile profile = new Profile();

  /** Takes over a backend. */
  public ProfilingBackend(Backend inner) {
    this.inner = inner;
    this.timed = inner.kernels();
    this.kernels = (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, this);
  }

  /** What was measured so far. */
  public Profile profile() {
    return profile;
  }

  /** Logs what was measured since the last report, if anything was, and begins anew. */
  public void report(String title) {
    if (!profile.isEmpty()) LOG.info("profile of {}\n{}", title, profile.snapshot().table());
    profile.reset();
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
    if (method.getDeclaringClass() == Object.class) return method.invoke(timed, args);
    long start = System.nanoTime();
    try {
      return method.invoke(timed, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      inner.synchronize();
      add(method.getName(), start, KernelCost.of(method.getName(), args).orElse(UNKNOWN));
    }
  }

  private void add(String kernel, long start, KernelCost cost) {
    long nanos = System.nanoTime() - start;
    String operation = runningBackward();
    Profile.Phase phase = operation != null ? Profile.Phase.BACKWARD
        : currentTape() != null ? Profile.Phase.FORWARD : Profile.Phase.UNTAPED;
    profile.add(phase, operation == null ? "" : operation, kernel, nanos, cost);
  }

  private void copied(String direction, long start, Tensor tensor) {
    add(direction, start, new KernelCost(0, 2 * tensor.elements() * tensor.type().bytes()));
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public String describe() {
    return inner.describe() + ", every kernel timed";
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public Storage allocate(long bytes) {
    return inner.allocate(bytes);
  }

  @Override
  public Storage allocate(long bytes, MemoryUse use) {
    return inner.allocate(bytes, use);
  }

  @Override
  public DType computeType() {
    return inner.computeType();
  }

  @Override
  public boolean supports(DType type) {
    return inner.supports(type);
  }

  @Override
  public void uploadBytes(ByteBuffer values, Tensor target) {
    long start = System.nanoTime();
    inner.uploadBytes(values, target);
    copied("upload", start, target);
  }

  @Override
  public void upload(FloatBuffer values, Tensor target) {
    long start = System.nanoTime();
    inner.upload(values, target);
    copied("upload", start, target);
  }

  @Override
  public void upload(IntBuffer values, Tensor target) {
    long start = System.nanoTime();
    inner.upload(values, target);
    copied("upload", start, target);
  }

  @Override
  public void download(Tensor source, FloatBuffer target) {
    long start = System.nanoTime();
    inner.download(source, target);
    copied("download", start, source);
  }

  @Override
  public void download(Tensor source, IntBuffer target) {
    long start = System.nanoTime();
    inner.download(source, target);
    copied("download", start, source);
  }

  @Override
  public long liveBytes() {
    return inner.liveBytes();
  }

  @Override
  public long peakBytes() {
    return inner.peakBytes();
  }

  @Override
  public void trim() {
    inner.trim();
  }

  @Override
  public void synchronize() {
    inner.synchronize();
  }

  @Override
  public void close() {
    report("all kernels");
    inner.close();
  }
}

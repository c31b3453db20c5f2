package io.llama3v.backend.simd;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.nd4j.Nd4jKernels;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** The fast backend on a machine without a GPU; see the package. */
public final class CpuBackend extends Backend {
  private final HostPool pool = new HostPool();
  private final BlasChoice blas = BlasChoice.make();
  private final Parallel team;
  private final Kernels kernels;

  /** Opens the backend with a number of threads. Results are bit-identical from run to run at one thread count. */
  public CpuBackend(int threads) {
    if (threads < 1) throw new IllegalArgumentException(threads + " threads; expected at least 1");
    team = new Parallel(threads);
    kernels = new CpuKernels(new Nd4jKernels(), team, blas.blas(), pool);
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String describe() {
    return "cpu (" + blas.blas().name() + ", " + blas.why() + ", on " + team.threads() + " threads; Vector API " + Vec.S.vectorBitSize() + "-bit)";
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public Storage allocate(long bytes) {
    return new HostStorage(pool, bytes);
  }

  @Override
  public void upload(FloatBuffer values, Tensor target) {
    requireBuffer(target, values.remaining(), DType.F32);
    long n = target.elements();
    for (long at = 0; at < n; at += 1 << 28) {
      int count = (int) Math.min(1 << 28, n - at);
      ByteBuffer to = HostStorage.buffer(target, at, count);
      to.asFloatBuffer().put(0, values, values.position() + (int) at, count);
    }
  }

  @Override
  public void upload(IntBuffer values, Tensor target) {
    requireBuffer(target, values.remaining(), DType.I32);
    HostStorage.buffer(target).asIntBuffer().put(0, values, values.position(), (int) target.elements());
  }

  @Override
  public void download(Tensor source, FloatBuffer target) {
    requireBuffer(source, target.remaining(), DType.F32);
    int n = Math.toIntExact(source.elements());
    target.put(target.position(), HostStorage.buffer(source).asFloatBuffer(), 0, n);
  }

  @Override
  public void download(Tensor source, IntBuffer target) {
    requireBuffer(source, target.remaining(), DType.I32);
    target.put(target.position(), HostStorage.buffer(source).asIntBuffer(), 0, Math.toIntExact(source.elements()));
  }

  @Override
  public long liveBytes() {
    return pool.live();
  }

  @Override
  public long peakBytes() {
    return pool.peak();
  }

  @Override
  public void trim() {
    pool.trim();
  }

  @Override
  public void close() {
    team.close();
    pool.close();
  }
}

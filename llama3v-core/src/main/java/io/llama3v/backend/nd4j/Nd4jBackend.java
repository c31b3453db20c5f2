package io.llama3v.backend.nd4j;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Properties;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The reference backend, on whatever ND4J backend is on the class path. Every other backend is tested against it. Memory is
 * not pooled: a released tensor is freed at once, so that {@link #liveBytes()} is what ND4J really holds for tensors.
 */
public final class Nd4jBackend extends Backend {
  /** Elements copied at a time between Java and ND4J: bounds the memory a transfer takes on top. */
  private static final int TRANSFER = 1 << 20;

  private final Kernels kernels = new Nd4jKernels();
  private long liveBytes;
  private long peakBytes;

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public String describe() {
    Properties environment = Nd4j.getExecutioner().getEnvironmentInformation();
    return "nd4j: " + Nd4j.getBackend().getClass().getSimpleName() + " (" + environment.get("backend") + ", "
        + Nd4j.getExecutioner().getClass().getSimpleName() + "), BLAS " + environment.get("blas.vendor") + " with "
        + environment.get("blas.threads") + " threads, operations with " + environment.get("omp.threads")
        + "; reference kernels: right before fast";
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public Storage allocate(long bytes) {
    if (bytes <= 0) throw new IllegalArgumentException("a storage of " + bytes + " bytes; expected at least 1");
    liveBytes += bytes;
    peakBytes = Math.max(peakBytes, liveBytes);
    return new Nd4jStorage(this, bytes);
  }

  void freed(long bytes) {
    liveBytes -= bytes;
  }

  @Override
  public void upload(FloatBuffer values, Tensor target) {
    requireBuffer(target, values.remaining(), DType.F32);
    FloatBuffer source = values.duplicate();
    for (long at = 0; at < target.elements(); at += TRANSFER) {
      float[] part = new float[(int) Math.min(TRANSFER, target.elements() - at)];
      source.get(part);
      assign(Views.at(target, at, part.length), Nd4j.createFromArray(part));
    }
  }

  @Override
  public void upload(IntBuffer values, Tensor target) {
    requireBuffer(target, values.remaining(), DType.I32);
    IntBuffer source = values.duplicate();
    for (long at = 0; at < target.elements(); at += TRANSFER) {
      int[] part = new int[(int) Math.min(TRANSFER, target.elements() - at)];
      source.get(part);
      assign(Views.at(target, at, part.length), Nd4j.createFromArray(part));
    }
  }

  @Override
  public void download(Tensor source, IntBuffer target) {
    requireBuffer(source, target.remaining(), DType.I32);
    synchronize();
    target.duplicate().put(source.array().ravel().toIntVector());
  }

  @Override
  public void download(Tensor source, FloatBuffer target) {
    requireBuffer(source, target.remaining(), DType.F32);
    synchronize();
    FloatBuffer sink = target.duplicate();
    for (long at = 0; at < source.elements(); at += TRANSFER) {
      sink.put(Views.at(source, at, Math.min(TRANSFER, source.elements() - at)).toFloatVector());
    }
  }

  @Override
  public long liveBytes() {
    return liveBytes;
  }

  @Override
  public long peakBytes() {
    return peakBytes;
  }

  @Override
  public void trim() {
    // Nothing is cached.
  }

  @Override
  public void synchronize() {
    Nd4j.getExecutioner().commit();
  }

  @Override
  public void close() {
    // Tensors belong to their scopes and callers; ND4J itself lives as long as the virtual machine.
  }

  private static void assign(INDArray target, INDArray temporary) {
    target.assign(temporary);
    temporary.close();
  }
}

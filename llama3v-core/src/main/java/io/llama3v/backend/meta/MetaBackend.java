package io.llama3v.backend.meta;

import io.llama3v.backend.Backend;
import io.llama3v.backend.KernelCost;
import io.llama3v.backend.Kernels;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs models without values: tensors have shapes, kernels cost what {@link KernelCost} says, memory is counted. Forward, backward
 * and update of the real model code go through it, so that what it counts is what that code does. Values read back are 0.
 *
 * <pre>{@code
 * try (MetaBackend meta = new MetaBackend(); LlamaModel model = new LlamaModel(config)) {
 *   meta.allocate(model.parameters().values());
 *   try (Tape tape = Tape.record(meta)) {
 *     tape.backward(model.loss(batch, 1));
 *   }
 *   System.out.println(meta.operations() + " operations, " + meta.peakBytes() + " bytes at most");
 * }
 * }</pre>
 */
public final class MetaBackend extends Backend {
  private final Kernels kernels = MetaKernels.of(this::spend);
  private final DType computeType;
  private final Map<String, Long> operationsByKernel = new TreeMap<>();
  private long operations;
  private long moved;
  private long live;
  private long peak;
  private long copies;
  private Runnable onPeak = () -> { };

  /** Models compute in F32, as on the CPU. */
  public MetaBackend() {
    this(DType.F32);
  }

  /**
   * Models compute in this type. With BF16, products read weights of F32 through a copy, as the cuda backend makes it.
   *
   * @param computeType F32 or BF16
   */
  public MetaBackend(DType computeType) {
    if (computeType != DType.F32 && computeType != DType.BF16) throw new IllegalArgumentException("models compute in F32 or BF16, not in " + computeType);
    this.computeType = computeType;
  }

  private void spend(String kernel, KernelCost cost) {
    operations += cost.operations();
    moved += cost.bytes();
    if (cost.operations() > 0) operationsByKernel.merge(kernel, cost.operations(), Long::sum);
  }

  /** Gives parameters their (absent) memory, in place of drawing or loading values. */
  public void allocate(Iterable<Parameter> parameters) {
    for (Parameter parameter : parameters) parameter.allocate(this);
  }

  /** Operations of all matrix products since the last {@link #reset}. */
  public long operations() {
    return operations;
  }

  /** Of these, the operations of each kernel that has products. */
  public Map<String, Long> operationsByKernel() {
    return new TreeMap<>(operationsByKernel);
  }

  /** Bytes that kernels read and wrote since the last {@link #reset}. */
  public long movedBytes() {
    return moved;
  }

  /** Of the live bytes, those of copies of F32 weights in BF16. */
  public long copiedBytes() {
    return copies;
  }

  /** Calls {@code listener} whenever more memory is live than ever since the last {@link #reset}: to see what it consists of. */
  public void onPeak(Runnable listener) {
    onPeak = listener;
  }

  /** Counts operations and moved bytes from 0 again, and the peak from the memory that is live now. */
  public void reset() {
    operations = 0;
    operationsByKernel.clear();
    moved = 0;
    peak = live;
  }

  @Override
  public String name() {
    return "meta";
  }

  @Override
  public String describe() {
    return "meta (counts and computes nothing)";
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public DType computeType() {
    return computeType;
  }

  @Override
  public boolean supports(DType type) {
    return type != DType.BF16 || computeType == DType.BF16;
  }

  @Override
  public Storage allocate(long bytes) {
    take(bytes);
    return new MetaStorage(this, bytes);
  }

  private void take(long bytes) {
    live += bytes;
    if (live > peak) {
      peak = live;
      onPeak.run();
    }
  }

  void freed(long bytes) {
    live -= bytes;
  }

  void copied(long bytes) {
    copies += bytes;
    if (bytes > 0) take(bytes);
    else freed(-bytes);
  }

  @Override
  public void upload(FloatBuffer values, Tensor target) {}

  @Override
  public void upload(IntBuffer values, Tensor target) {}

  @Override
  public void download(Tensor source, FloatBuffer target) {
    for (int i = 0, at = target.position(); i < source.elements(); i++) target.put(at + i, 0);
  }

  @Override
  public void download(Tensor source, IntBuffer target) {
    for (int i = 0, at = target.position(); i < source.elements(); i++) target.put(at + i, 0);
  }

  @Override
  public long liveBytes() {
    return live;
  }

  @Override
  public long peakBytes() {
    return peak;
  }

  @Override
  public void trim() {}

  @Override
  public void close() {}
}

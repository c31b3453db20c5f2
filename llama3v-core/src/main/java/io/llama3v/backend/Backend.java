package io.llama3v.backend;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A device and the kernels that run on it. Makes tensors, knows the open {@link Scope} and {@link Tape}, and owns the memory.
 * Get one from {@link Backends}. Confined to one thread at a time; several backends may be open at once.
 */
public abstract class Backend implements AutoCloseable {
  private Scope scope;
  private Tape tape;
  private String backward;

  /** The fastest backend that this machine can run; see {@link Backends#best()}. */
  public static Backend best() {
    return Backends.best();
  }

  /** A backend by name: {@code cpu}, {@code nd4j}, {@code cuda}. */
  public static Backend named(String name) {
    return Backends.named(name);
  }

  /** Short name, as {@code --backend} takes it. */
  public abstract String name();

  /** One line for the log: device, libraries, threads, vector width, and why these. */
  public abstract String describe();

  /** The kernels. */
  public abstract Kernels kernels();

  /** Memory of at least {@code bytes} bytes with undefined contents, and one reference to it that the caller holds. */
  public abstract Storage allocate(long bytes);

  /** As {@link #allocate(long)}, for a backend that accounts for its memory by what it is used for. */
  public Storage allocate(long bytes, MemoryUse use) {
    return allocate(bytes);
  }

  /** The type that models compute in here: F32, or BF16 where that was asked for. */
  public DType computeType() {
    return DType.F32;
  }

  /** True if tensors of this type can be computed with here. */
  public boolean supports(DType type) {
    return type != DType.BF16;
  }

  /** Copies as many floats as {@code target} (F32, or BF16 and rounded) has elements from the buffer's position on; the position does not move. */
  public abstract void upload(FloatBuffer values, Tensor target);

  /**
   * Copies all remaining bytes in as they are, in native byte order: weights in the type that they are stored in. Only backends that
   * support BF16 need it.
   */
  public void uploadBytes(ByteBuffer values, Tensor target) {
    throw new UnsupportedOperationException("the " + name() + " backend takes floats, not bytes");
  }

  /** Copies integers into an I32 tensor, as {@link #upload(FloatBuffer, Tensor)}. */
  public abstract void upload(IntBuffer values, Tensor target);

  /** Copies an F32 tensor (or BF16, widened) out; waits for the device. */
  public abstract void download(Tensor source, FloatBuffer target);

  /** Copies an I32 tensor out; waits for the device. */
  public abstract void download(Tensor source, IntBuffer target);

  /** Bytes of device memory in use by live tensors. */
  public abstract long liveBytes();

  /** Largest {@link #liveBytes()} so far. */
  public abstract long peakBytes();

  /** Gives cached free memory back to the system. */
  public abstract void trim();

  /** Waits until everything asked for has been computed. */
  public void synchronize() {}

  @Override
  public abstract void close();

  // ---- making tensors ----

  /** A tensor with undefined contents that belongs to the current scope (or, with none open, to the caller). */
  public final Tensor empty(DType type, long... shape) {
    Tensor tensor = tensor(MemoryUse.ACTIVATIONS, type, shape);
    if (scope != null) scope.own(tensor.storage());
    return tensor;
  }

  /** A tensor with undefined contents that no scope owns: the caller closes it. */
  public final Tensor detached(DType type, long... shape) {
    return tensor(MemoryUse.STATE, type, shape);
  }

  /** A tensor with undefined contents for a gradient, which the tensor that it belongs to will release. */
  public final Tensor gradient(DType type, long... shape) {
    return tensor(MemoryUse.GRADIENTS, type, shape);
  }

  private Tensor tensor(MemoryUse use, DType type, long... shape) {
    if (!supports(type)) {
      throw new IllegalArgumentException("the " + name() + " backend has no tensors of type " + type
          + (type == DType.F64 ? "; --backend nd4j computes in double precision" : ""));
    }
    try {
      return new Tensor(this, allocate(Math.multiplyExact(Math.max(1, Shape.elements(shape)), (long) type.bytes()), use), type, 0, shape);
    } catch (DeviceMemoryException e) {
      throw e.of(type + Shape.text(shape));
    }
  }

  /** F32 zeros. */
  public final Tensor zeros(long... shape) {
    return full(0, shape);
  }

  /** F32, one value everywhere. */
  public final Tensor full(double value, long... shape) {
    Tensor t = empty(DType.F32, shape);
    kernels().fill(t, value);
    return t;
  }

  /** An F32 tensor with the given values, row-major. */
  public final Tensor tensor(float[] values, long... shape) {
    requireCount(values.length, shape);
    Tensor t = empty(DType.F32, shape);
    upload(FloatBuffer.wrap(values), t);
    return t;
  }

  /** An I32 tensor with the given values, row-major. */
  public final Tensor tensor(int[] values, long... shape) {
    requireCount(values.length, shape);
    Tensor t = empty(DType.I32, shape);
    upload(IntBuffer.wrap(values), t);
    return t;
  }

  /** An F64 tensor with the given values, row-major. For checks, not for speed. */
  public final Tensor tensor(double[] values, long... shape) {
    requireCount(values.length, shape);
    Tensor t = empty(DType.F64, shape);
    if (values.length > 0) t.array().assign(org.nd4j.linalg.factory.Nd4j.createFromArray(values).reshape(t.array().shape()));
    return t;
  }

  /** A copy of an ND4J array of type FLOAT, DOUBLE or INT. */
  public final Tensor tensor(INDArray array) {
    return switch (array.dataType()) {
      case FLOAT -> tensor(array.dup('c').ravel().toFloatVector(), array.shape());
      case DOUBLE -> tensor(array.dup('c').ravel().toDoubleVector(), array.shape());
      case INT -> tensor(array.dup('c').ravel().toIntVector(), array.shape());
      default -> throw new IllegalArgumentException("an array of type " + array.dataType()
          + "; expected FLOAT, DOUBLE or INT (castTo first)");
    };
  }

  /**
   * For {@code upload} and {@code download}: fails unless a tensor has one of these types and a buffer room for, or values of, all of it.
   *
   * @param available values that the buffer has room for, or holds
   * @throws IllegalArgumentException if not
   */
  protected static void requireBuffer(Tensor tensor, long available, DType... types) {
    for (DType type : types) if (tensor.type() == type && available >= tensor.elements()) return;
    throw new IllegalArgumentException("copying between a buffer of " + available + " values and a tensor " + tensor + "; expected type "
        + types[0] + " and at least " + tensor.elements() + " values");
  }

  private static void requireCount(int count, long[] shape) {
    if (count != Shape.elements(shape)) {
      throw new IllegalArgumentException(count + " values for a tensor of shape " + Shape.text(shape));
    }
  }

  // ---- scopes and tapes ----

  /** Opens a scope: tensors made from now on are released when it closes. */
  public final Scope scope() {
    return new Scope(this);
  }

  /** The innermost open scope, or null. */
  public final Scope currentScope() {
    return scope;
  }

  /** Called by {@link Scope}. */
  public final void enter(Scope inner) {
    scope = inner;
  }

  /** Called by {@link Scope}. */
  public final void leave(Scope inner, Scope outer) {
    if (scope != inner) throw new IllegalStateException("scopes and tapes close in the reverse order of opening: use try-with-resources");
    scope = outer;
  }

  /** The open tape, or null when nothing is recorded. */
  public final Tape currentTape() {
    return tape;
  }

  /** Called by {@link Tape}. */
  public final void setTape(Tape current) {
    tape = current;
  }

  /** Name of the operation whose backward half is running, or null. */
  public final String runningBackward() {
    return backward;
  }

  /** Called by {@link Tape}. */
  public final void setRunningBackward(String operation) {
    backward = operation;
  }

  @Override
  public String toString() {
    return describe();
  }
}

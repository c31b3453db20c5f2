package io.llama3v.tensor;

import io.llama3v.backend.Backend;
import io.llama3v.backend.UnaryOp;
import io.llama3v.ops.Arithmetic;
import io.llama3v.ops.MatMul;
import io.llama3v.ops.Reshape;
import io.llama3v.ops.Softmax;
import io.llama3v.ops.Unary;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense, row-major, n-dimensional array on a {@link Backend}, with an optional gradient. Operations are methods here or
 * classes in {@code io.llama3v.ops}; each makes a new tensor that belongs to the innermost {@link Scope} and, while a
 * {@link Tape} is open and an operand needs a gradient, is recorded for the backward pass. Confined to one thread at a time.
 */
public class Tensor implements AutoCloseable {
  DType type;
  private final long[] shape;
  private final long elements;
  private final long offset;
  Backend backend;
  Storage storage;
  private boolean needsGrad;
  private Tensor grad;

  /**
   * Wraps part of a storage; used by backends and operations.
   *
   * @param offset first element, counted in elements of {@code type}
   * @throws IllegalArgumentException if the part does not lie within the storage
   */
  public Tensor(Backend backend, Storage storage, DType type, long offset, long... shape) {
    this.backend = backend;
    this.storage = storage;
    this.type = type;
    this.offset = offset;
    this.shape = shape.clone();
    this.elements = Shape.elements(shape);
    if (storage != null && (offset < 0 || offset > storage.bytes() / type.bytes() - elements)) {
      throw new IllegalArgumentException("a tensor " + this + " from element " + offset + " on leaves its storage of " + storage.bytes() + " bytes");
    }
  }

  /** Element type. */
  public final DType type() {
    return type;
  }

  /** A copy of the shape, outermost axis first. */
  public final long[] shape() {
    return shape.clone();
  }

  /** Length of one axis; negative axes count from the end. */
  public final long size(int axis) {
    return shape[Shape.axis(axis, shape.length)];
  }

  /** Number of axes. */
  public final int rank() {
    return shape.length;
  }

  /** Number of elements. */
  public final long elements() {
    return elements;
  }

  /** First element within the storage. */
  public final long offset() {
    return offset;
  }

  /** Where this tensor lives. */
  public final Backend backend() {
    storage();
    return backend;
  }

  /** The memory behind this tensor. */
  public Storage storage() {
    return storage;
  }

  /** The same memory as an ND4J array (shared on CPU backends; where the device has memory of its own, a copy). */
  public final INDArray array() {
    storage().check();
    return storage.array(type, offset, shape);
  }

  /** True if a backward pass should produce a gradient for this tensor. */
  public final boolean needsGrad() {
    return needsGrad;
  }

  /** Marks this tensor as one whose gradient is wanted (a leaf), or not. */
  public final Tensor requireGrad(boolean wanted) {
    if (wanted && !type.isFloating()) throw new IllegalArgumentException(type + " tensors have no gradient");
    this.needsGrad = wanted;
    return this;
  }

  /** The gradient accumulated so far, or null. Belongs to this tensor. */
  public final Tensor grad() {
    return grad;
  }

  /** The type of this tensor's gradient. */
  DType gradType() {
    return type;
  }

  /** The gradient to add to: the existing one, or new zeros. For kernels that accumulate (weight gradients). */
  public final Tensor gradBuffer() {
    if (grad == null) {
      grad = backend.gradient(gradType(), shape);
      backend.kernels().fill(grad, 0);
    } else if (!grad.storage.isExclusive()) {
      Tensor copy = backend.gradient(gradType(), shape);
      backend.kernels().copy(grad, copy);
      grad.storage.release();
      grad = copy;
    }
    return grad;
  }

  /**
   * Adds a contribution to the gradient if one is wanted. The first contribution is adopted without a copy; it may be shared
   * with other tensors, and is copied before it is written to.
   */
  public final void addGrad(Tensor contribution) {
    if (!needsGrad) return;
    if (contribution.elements != elements) {
      throw new IllegalArgumentException("gradient of shape " + Shape.text(contribution.shape) + " for a tensor of shape "
          + Shape.text(shape));
    }
    if (grad == null) {
      if (contribution.type != gradType()) {
        backend.kernels().copy(contribution, grad = backend.gradient(gradType(), shape));
        return;
      }
      contribution.storage.retain();
      grad = new Tensor(backend, contribution.storage, contribution.type, contribution.offset, shape);
    } else {
      backend.kernels().axpy(1, contribution, gradBuffer());
    }
  }

  /** A kernel that computes a contribution to a gradient and can add it to what is there as it writes. */
  @FunctionalInterface
  public interface GradKernel {
    /** Writes the contribution to {@code target}, or adds it. Where it is not to be added, the values there mean nothing. */
    void run(Tensor target, boolean add);
  }

  /** As {@link #addGrad}, computed in place: neither zeros to start from nor a sum afterwards cost a pass over memory. */
  public final void accumulateGrad(GradKernel kernel) {
    if (!needsGrad) return;
    if (grad == null) {
      Tensor fresh = backend.gradient(gradType(), shape);
      kernel.run(fresh, false);
      grad = fresh;
    } else {
      kernel.run(gradBuffer(), true);
    }
  }

  /** Takes the gradient of a tensor of the same shape, which then has none, in place of its own. */
  final void takeGrad(Tensor other) {
    clearGrad();
    grad = other.grad;
    other.grad = null;
  }

  /** Forgets the gradient and releases its memory. */
  public final void clearGrad() {
    if (grad != null) {
      grad.storage.release();
      grad = null;
    }
  }

  /** Copies the values out, row-major. F64 is rounded, BF16 widened, I32 converted. */
  public final float[] toFloats() {
    float[] out = new float[Math.toIntExact(elements)];
    if (type == DType.F32 || type == DType.BF16) {
      storage().check();
      backend.download(this, FloatBuffer.wrap(out));
    } else {
      double[] values = toDoubles();
      for (int i = 0; i < out.length; i++) out[i] = (float) values[i];
    }
    return out;
  }

  /** Copies the values out as doubles, row-major. */
  public final double[] toDoubles() {
    if (type == DType.F64 && elements > 0) return array().ravel().toDoubleVector();
    double[] out = new double[Math.toIntExact(elements)];
    if (type == DType.I32) {
      int[] values = toInts();
      for (int i = 0; i < out.length; i++) out[i] = values[i];
    } else if (elements > 0) {
      float[] values = toFloats();
      for (int i = 0; i < out.length; i++) out[i] = values[i];
    }
    return out;
  }

  /** Copies the values of an I32 tensor out, row-major. */
  public final int[] toInts() {
    if (type != DType.I32) throw new IllegalStateException("toInts() of a tensor of type " + type);
    int[] out = new int[Math.toIntExact(elements)];
    storage().check();
    backend.download(this, IntBuffer.wrap(out));
    return out;
  }

  /**
   * The value of a one-element tensor.
   *
   * @throws IllegalStateException if there is not exactly one element
   */
  public final double item() {
    if (elements != 1) throw new IllegalStateException("item() of a tensor of shape " + Shape.text(shape));
    return toDoubles()[0];
  }

  /** The same values outside every gradient: a view that shares the memory. */
  public final Tensor detach() {
    return new Tensor(backend(), storage(), type, offset, shape);
  }

  /** A view with another shape of as many elements; one axis may be -1. */
  public final Tensor reshape(long... newShape) {
    return Reshape.apply(this, newShape);
  }

  /** {@code this + other}, broadcast. */
  public final Tensor add(Tensor other) {
    return Arithmetic.add(this, other);
  }

  /** {@code this - other}, broadcast. */
  public final Tensor sub(Tensor other) {
    return Arithmetic.sub(this, other);
  }

  /** {@code this * other}, element by element, broadcast. */
  public final Tensor mul(Tensor other) {
    return Arithmetic.mul(this, other);
  }

  /** {@code this / other}, element by element, broadcast. */
  public final Tensor div(Tensor other) {
    return Arithmetic.div(this, other);
  }

  /** {@code factor * this}. */
  public final Tensor mul(double factor) {
    return Arithmetic.scale(this, factor);
  }

  /** Matrix product over the last two axes; leading axes are batches and must be equal. */
  public final Tensor matmul(Tensor other) {
    return MatMul.apply(this, false, other, false);
  }

  /** Sum of all elements: a scalar. */
  public final Tensor sum() {
    return Arithmetic.sumTo(this);
  }

  /** Mean of all elements: a scalar. */
  public final Tensor mean() {
    return sum().mul(1.0 / elements);
  }

  /** Softmax over the last axis. */
  public final Tensor softmax() {
    return Softmax.apply(this);
  }

  /** Hyperbolic tangent. */
  public final Tensor tanh() {
    return Unary.apply(UnaryOp.TANH, this);
  }

  /** {@code e^x}. */
  public final Tensor exp() {
    return Unary.apply(UnaryOp.EXP, this);
  }

  /** Natural logarithm. */
  public final Tensor log() {
    return Unary.apply(UnaryOp.LOG, this);
  }

  /** Logistic function {@code 1 / (1 + e^-x)}. */
  public final Tensor sigmoid() {
    return Unary.apply(UnaryOp.SIGMOID, this);
  }

  /** {@code max(x, 0)}. */
  public final Tensor relu() {
    return Unary.apply(UnaryOp.RELU, this);
  }

  /**
   * Releases a tensor that no scope owns: a detached one, or one made with no scope open. What a scope owns, the scope releases; closed
   * by hand as well, it would be released twice.
   */
  @Override
  public void close() {
    clearGrad();
    if (storage != null && storage.isLive()) storage.release();
  }

  @Override
  public String toString() {
    return type + Shape.text(shape);
  }
}

package io.llama3v.tensor;

import io.llama3v.backend.Backend;
import io.llama3v.backend.DeviceMemoryException;
import io.llama3v.backend.MemoryUse;

/**
 * A named weight of a module. Declared with a shape and an {@link Init}; it takes no memory until it is initialised or loaded,
 * so that a 405-billion-parameter model can be built, listed and planned on a laptop. A trainable parameter (the default)
 * accumulates gradients; a frozen one costs neither a gradient nor optimiser state.
 */
public final class Parameter extends Tensor {
  private final Init init;
  private String name;
  private boolean trainable = true;

  /** Declares a parameter; modules call this through {@code Module.parameter}. */
  public Parameter(String name, Init init, long... shape) {
    super(null, null, DType.F32, 0, shape);
    this.name = name;
    this.init = init;
  }

  /** Name within its module; {@code Module.parameters()} gives full names. */
  public String name() {
    return name;
  }

  /** How fresh values are drawn. */
  public Init init() {
    return init;
  }

  /** True if training may change it. */
  public boolean isTrainable() {
    return trainable;
  }

  /** Freezes or unfreezes this parameter. A frozen one forgets its gradient. */
  public void setTrainable(boolean trainable) {
    this.trainable = trainable;
    if (storage != null) requireGrad(trainable);
    if (!trainable) clearGrad();
  }

  /** True once it has values. */
  public boolean isAllocated() {
    return storage != null;
  }

  /** Gives this parameter memory on a backend, with undefined contents; keeps existing memory of the same backend. */
  public Parameter allocate(Backend target) {
    if (storage != null && backend != target) throw new IllegalStateException("parameter " + name + " lives on another backend");
    if (storage == null) {
      backend = target;
      try {
        storage = target.allocate(Math.multiplyExact(Math.max(1, elements()), (long) type().bytes()), MemoryUse.WEIGHTS);
      } catch (DeviceMemoryException e) {
        throw e.of("weight '" + name + "' " + type() + Shape.text(shape()));
      }
      requireGrad(trainable);
    }
    return this;
  }

  /**
   * As {@link #allocate(Backend)}, in another type: BF16 for weights that come in BF16 and are used in BF16, so that a frozen model
   * takes half the memory and loses nothing. {@link #promote} turns them into F32 for training.
   */
  public Parameter allocate(Backend target, DType stored) {
    if (storage == null) type = stored;
    return allocate(target);
  }

  /** Makes the values F32, which an optimiser needs to add small steps to; nothing happens if they are. */
  public Parameter promote() {
    if (type != DType.BF16) return this;
    Tensor old = new Tensor(backend, storage, DType.BF16, 0, shape());
    Backend owner = backend;
    storage = null;
    try {
      allocate(owner, DType.F32);
      owner.kernels().copy(old, this);
    } catch (RuntimeException | Error failed) {
      // Without room for both, it stays what it was.
      if (storage != null) storage.release();
      storage = old.storage();
      type = DType.BF16;
      throw failed;
    }
    old.close();
    return this;
  }

  @Override
  DType gradType() {
    return type().accumulator();
  }

  /** Draws fresh values; the same seed and full name give the same values on every backend. */
  public Parameter initialize(Backend target, long seed, String fullName) {
    allocate(target);
    init.fill(seed, fullName, backend, this);
    return this;
  }

  @Override
  public Storage storage() {
    if (storage == null) {
      throw new IllegalStateException("parameter '" + name + "' of shape " + Shape.text(shape())
          + " has no values yet: call initialize(backend, seed) on the model, or load weights into it");
    }
    return storage;
  }

  @Override
  public void close() {
    super.close();
    storage = null;
    backend = null;
    type = DType.F32;
  }
}

package io.llama3v.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A reference-counted block of memory that belongs to a backend. Starts with one reference, held by whoever asked for it (as
 * a rule the innermost {@link Scope}); the last {@link #release} gives the memory back to the backend's pool at once, without
 * waiting for the garbage collector. Confined to the backend's thread.
 */
public abstract class Storage {
  private int references = 1;

  /** Bytes that may be used. */
  public abstract long bytes();

  /**
   * A view of part of this memory as an ND4J array that shares it.
   *
   * @param offset first element, counted in elements of {@code type}
   */
  public abstract INDArray array(DType type, long offset, long... shape);

  /** Gives the memory back; called once. */
  protected abstract void free();

  /** Takes one more reference. */
  public final Storage retain() {
    check();
    references++;
    return this;
  }

  /** Drops one reference; the last one frees the memory. */
  public final void release() {
    check();
    if (--references == 0) free();
  }

  /** True while somebody holds a reference. */
  public final boolean isLive() {
    return references > 0;
  }

  /** True if exactly one holder is left, so that it may overwrite the contents. */
  public final boolean isExclusive() {
    return references == 1;
  }

  /** Fails if the memory was given back already. */
  public final void check() {
    if (references <= 0) {
      throw new IllegalStateException("this tensor was released: its scope or tape is closed, or backward has consumed it. "
          + "Keep what is needed longer with Scope.keep or Tape.keep, or copy it out with toFloats() before");
    }
  }
}

package io.llama3v.tensor;

import io.llama3v.backend.Backend;
import java.util.ArrayList;
import java.util.List;

/**
 * Owns the tensors made while it is open and releases them when it closes. Scopes nest; a new tensor belongs to the innermost
 * one. A block of a model runs in a scope of its own, so that its temporaries die as soon as it returns:
 *
 * <pre>{@code
 * try (Scope scope = backend.scope()) {
 *   Tensor hidden = norm.forward(x);
 *   return scope.keep(x.add(attention.forward(hidden)));   // hidden is gone now, unless the tape saved it for backward
 * }
 * }</pre>
 */
public class Scope implements AutoCloseable {
  private final Backend backend;
  private final Scope parent;
  private final List<Storage> owned = new ArrayList<>();
  private boolean closed;

  /** Opens a scope inside the backend's current one. */
  public Scope(Backend backend) {
    this.backend = backend;
    this.parent = backend.currentScope();
    backend.enter(this);
  }

  /** The backend whose tensors this scope owns. */
  public final Backend backend() {
    return backend;
  }

  /** Makes this scope hold the reference that came with a fresh storage. */
  public final void own(Storage storage) {
    owned.add(storage);
  }

  /**
   * Hands a tensor to the enclosing scope (or, where there is none, to the caller, who then closes it).
   *
   * @return the same tensor
   */
  public final Tensor keep(Tensor tensor) {
    Storage storage = tensor.storage();
    for (int i = owned.size() - 1; i >= 0; i--) {
      if (owned.get(i) == storage) {
        owned.remove(i);
        if (parent != null) parent.own(storage);
        break;
      }
    }
    return tensor;
  }

  /** Releases what is owned so far, except for {@code exception}; the scope stays open. */
  final void releaseOwned(Storage exception) {
    boolean kept = false;
    IllegalStateException twice = null;
    for (Storage storage : owned) {
      if (storage == exception && !kept) {
        kept = true;
        continue;
      }
      try {
        storage.release();
      } catch (IllegalStateException released) {
        // Somebody closed it by hand: a mistake to be told, but the others must not leak for it.
        twice = released;
      }
    }
    owned.clear();
    if (kept) owned.add(exception);
    if (twice != null) throw twice;
  }

  @Override
  public void close() {
    if (closed) return;
    closed = true;
    backend.leave(this, parent);
    releaseOwned(null);
  }
}

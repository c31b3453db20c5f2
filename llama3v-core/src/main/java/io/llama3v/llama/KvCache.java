package io.llama3v.llama;

import io.llama3v.backend.Backend;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Tensor;

/**
 * Keys and values of the tokens seen so far, for every self-attention layer: two tensors [B, capacity, Hk, d] a layer. Memory is
 * taken once; appending past the capacity is an error. Not differentiable.
 */
public final class KvCache implements AutoCloseable {
  private final Tensor[] keys;
  private final Tensor[] values;
  private final int capacity;
  private int length;

  /**
   * Makes an empty cache.
   *
   * @param layers self-attention layers
   * @param batch sequences side by side, B
   * @param capacity tokens that fit
   * @throws IllegalArgumentException if there is to be room for no sequence or no token
   */
  public KvCache(Backend backend, LlamaConfig config, int layers, int batch, int capacity) {
    if (layers < 0 || batch < 1 || capacity < 1) {
      throw new IllegalArgumentException("a key/value cache for " + layers + " layers, " + batch + " sequences and " + capacity
          + " tokens; expected at least one of each");
    }
    this.capacity = capacity;
    keys = new Tensor[layers];
    values = new Tensor[layers];
    try {
      for (int i = 0; i < layers; i++) {
        keys[i] = backend.detached(backend.computeType(), batch, capacity, config.kvHeads(), config.headDim());
        values[i] = backend.detached(backend.computeType(), batch, capacity, config.kvHeads(), config.headDim());
      }
    } catch (RuntimeException | Error full) {
      close();
      throw full;
    }
  }

  /** Tokens held. */
  public int length() {
    return length;
  }

  /** Tokens that fit. */
  public int capacity() {
    return capacity;
  }

  /**
   * Appends the keys [B, T, Hk, d] of new tokens to a layer and returns those of all tokens, [B, length + T, Hk, d]. Every layer appends
   * keys and values of the same tokens; then {@link #advance} counts them.
   *
   * @throws IllegalArgumentException if there are other than B sequences
   * @throws IllegalStateException if they do not fit
   */
  public Tensor appendKeys(int layer, Tensor fresh) {
    return append(keys[layer], fresh);
  }

  /** As {@link #appendKeys}, for values. */
  public Tensor appendValues(int layer, Tensor fresh) {
    return append(values[layer], fresh);
  }

  private Tensor append(Tensor store, Tensor fresh) {
    long count = fresh.size(1);
    if (fresh.size(0) != store.size(0)) {
      throw new IllegalArgumentException("tokens of " + fresh.size(0) + " sequences for a key/value cache of " + store.size(0));
    }
    if (length + count > capacity) {
      throw new IllegalStateException("the key/value cache holds " + length + " of " + capacity + " tokens; " + count
          + " more do not fit. Make it larger, or stop generating");
    }
    long width = store.size(2) * store.size(3);
    store.backend().kernels().copyRows(fresh, 0, count * width, store, length * width, capacity * width, store.size(0), count * width,
        false);
    return Slice.apply(store, 1, 0, length + count);
  }

  /**
   * Called once all layers have appended.
   *
   * @throws IllegalStateException if that many do not fit
   */
  public void advance(int tokens) {
    if (tokens < 0 || tokens > capacity - length) {
      throw new IllegalStateException("the key/value cache holds " + length + " of " + capacity + " tokens and cannot go on by " + tokens);
    }
    length += tokens;
  }

  /** Forgets everything, keeping the memory. */
  public void clear() {
    length = 0;
  }

  @Override
  public void close() {
    for (Tensor t : keys) if (t != null) t.close();
    for (Tensor t : values) if (t != null) t.close();
  }
}

package io.llama3v.adapter;

import io.llama3v.backend.Backend;
import io.llama3v.llama.CausalModel;
import io.llama3v.llama.KvCache;
import io.llama3v.llama.TextBatch;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A vision-language model that has been shown the images of one prompt, ready to continue it: images are encoded and projected
 * to keys and values once. The first call of a session must bring the whole prompt that the image mask was made for; later
 * tokens see what its last token sees. Close it to release the image features.
 */
public final class ImageConversation implements CausalModel, AutoCloseable {
  private final VisionLanguageModel model;
  private final ImageBatch images;
  private final List<CrossAttention.KeysValues> keysValues;

  /** Encodes the images; null for text only. */
  public ImageConversation(VisionLanguageModel model, ImageBatch images) {
    this.model = model;
    this.images = images;
    this.keysValues = images == null ? null : encode(model, images);
  }

  @SuppressWarnings("try") // a scope is there to be closed
  private static List<CrossAttention.KeysValues> encode(VisionLanguageModel model, ImageBatch images) {
    if (images.rows() != 1) throw new IllegalArgumentException("a conversation has one row; these images have " + images.rows());
    Backend backend = model.language().head().backend();
    List<CrossAttention.KeysValues> kept = new ArrayList<>();
    try (Scope scope = backend.scope()) {
      for (CrossAttention.KeysValues kv : model.language().keysValues(model.encode(images, null))) {
        Tensor keys = own(backend, kv.keys());
        try {
          kept.add(new CrossAttention.KeysValues(keys, own(backend, kv.values())));
        } catch (RuntimeException | Error full) {
          keys.close();
          throw full;
        }
      }
    } catch (RuntimeException | Error failed) {
      close(kept);
      throw failed;
    }
    return kept;
  }

  private static Tensor own(Backend backend, Tensor t) {
    Tensor copy = backend.detached(t.type(), t.shape());
    backend.kernels().copy(t, copy);
    return copy;
  }

  @Override
  public Session open(Backend backend, int capacity) {
    KvCache cache = new KvCache(backend, model.config().text(), model.config().text().layers(), 1, capacity);
    return new Session() {
      @Override
      @SuppressWarnings("try") // a scope is there to be closed
      public float[] next(int... ids) {
        if (ids.length == 0) throw new IllegalArgumentException("no token to go on from; expected at least one");
        boolean prompt = cache.length() == 0;
        if (images != null && prompt && ids.length != images.length()) {
          throw new IllegalArgumentException("the image mask covers " + images.length() + " tokens; the prompt has " + ids.length);
        }
        try (Scope scope = backend.scope()) {
          TextBatch text = TextBatch.of(ids);
          CrossAttentionMask mask = images == null ? null : model.mask(prompt ? images.seen() : repeat(images.seenByLast(), ids.length), text);
          Tensor hidden = model.language().hidden(text, keysValues, mask, cache, null);
          return model.language().logits(Slice.apply(hidden, 1, ids.length - 1, ids.length)).toFloats();
        }
      }

      @Override
      public void close() {
        cache.close();
      }
    };
  }

  private static float[] repeat(float[] row, int times) {
    float[] all = new float[row.length * times];
    for (int i = 0; i < times; i++) System.arraycopy(row, 0, all, i * row.length, row.length);
    return all;
  }

  @Override
  public void close() {
    if (keysValues != null) close(keysValues);
  }

  private static void close(List<CrossAttention.KeysValues> all) {
    for (CrossAttention.KeysValues kv : all) {
      kv.keys().close();
      kv.values().close();
    }
  }
}

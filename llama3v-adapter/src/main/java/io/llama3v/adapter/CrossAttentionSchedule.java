package io.llama3v.adapter;

/** Where cross-attention layers stand among the self-attention layers. */
public final class CrossAttentionSchedule {
  private CrossAttentionSchedule() {}

  /**
   * A cross-attention layer before every {@code every}-th self-attention layer, as the 11B model has it: with every = 4, before
   * self-attention layers 3, 7, 11, … counted from 0.
   *
   * @return indices among all layers, as {@code cross_attention_layers} in Hugging Face's config lists them: 3, 8, 13, …
   * @throws IllegalArgumentException if no layer would be inserted
   */
  public static int[] every(int every, int selfLayers) {
    if (every < 1 || selfLayers < every) {
      throw new IllegalArgumentException("cross-attention every " + every + " layers of a model of " + selfLayers
          + ": expected 1 to " + selfLayers);
    }
    int[] indices = new int[selfLayers / every];
    for (int i = 0; i < indices.length; i++) indices[i] = (every - 1) + i * (every + 1);
    return indices;
  }
}

package io.llama3v.adapter;

/** What happens in cross-attention layers to text tokens that may see no image: those before the first one, and text-only rows. */
public enum MaskRule {
  /**
   * Attention output and MLP output are both zero for such tokens, so that they pass through unchanged: the behaviour of Meta's
   * own implementation, and the only rule under which image training leaves text-only behaviour alone.
   */
  META,
  /**
   * Such tokens attend to every image of the batch row, and only the MLP output is zeroed: what Hugging Face's implementation
   * does (issue 39379 there). For comparing numbers with it.
   */
  HUGGING_FACE
}

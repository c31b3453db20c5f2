package io.llama3v.vision.clip;

import io.llama3v.backend.AttentionMask;
import io.llama3v.nn.LayerNorm;
import io.llama3v.nn.Module;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.Trace;
import io.llama3v.vision.VisionBlock;
import io.llama3v.vision.VisionStack;

/**
 * CLIP's image tower (Radford et al. 2021): patches, class token, positions, {@code pre_layrnorm} (so spelled in checkpoints),
 * pre-norm blocks; the class token, normalised once more, stands for the image.
 */
public final class ClipVisionTower extends Module {
  private final ClipVisionConfig config;
  private final ClipVisionEmbeddings embeddings;
  private final LayerNorm preNorm;
  private final VisionStack encoder;
  private final LayerNorm postNorm;

  /** Declares the tower. */
  public ClipVisionTower(ClipVisionConfig config) {
    this.config = config;
    this.embeddings = child("embeddings", new ClipVisionEmbeddings(config));
    this.preNorm = child("pre_layrnorm", new LayerNorm(config.hiddenSize(), config.layerNormEps()));
    this.encoder = child("encoder", new VisionStack(config.shape(), VisionBlock.Naming.CLIP, false));
    this.postNorm = child("post_layernorm", new LayerNorm(config.hiddenSize(), config.layerNormEps()));
  }

  /**
   * What the tower returns.
   *
   * @param lastHiddenState [B, tokens, width], output of the last block, not normalised
   * @param pooled [B, width], the class token after {@code post_layernorm}
   */
  public record Output(Tensor lastHiddenState, Tensor pooled) {}

  /** The configuration. */
  public ClipVisionConfig config() {
    return config;
  }

  /** Encodes pixels [B, C, S1, S2]; where the patches are not those of the position table, positions are interpolated. */
  public Output forward(Tensor pixels) {
    return forward(pixels, Trace.NONE);
  }

  /** As {@link #forward(Tensor)}; the trace sees {@code hidden_states.0} (after pre_layrnorm) and {@code .i}, the output of block i. */
  public Output forward(Tensor pixels, Trace trace) {
    try (Scope scope = pixels.backend().scope()) {
      Tensor x = preNorm.forward(embeddings.forward(pixels));
      trace.accept("hidden_states.0", x);
      Tensor last = encoder.forward(x, AttentionMask.NONE, trace, i -> "hidden_states." + (i + 1));
      Tensor pooled = postNorm.forward(Slice.apply(last, 1, 0, 1).reshape(last.size(0), last.size(2)));
      trace.accept("last_hidden_state", last);
      trace.accept("pooler_output", pooled);
      return new Output(scope.keep(last), scope.keep(pooled));
    }
  }

  /** The position table for a grid of rows x columns patches: [1 + rows·columns, width]. */
  public Tensor positions(int rows, int columns) {
    return embeddings.positions(rows, columns);
  }

  /** Chooses whether backward runs each block again instead of keeping its activations. */
  public void recompute(boolean chosen) {
    encoder.recompute(chosen);
  }
}

package io.llama3v.vision.clip;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.nn.Embedding;
import io.llama3v.nn.LayerNorm;
import io.llama3v.nn.Module;
import io.llama3v.ops.GatherRows;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.Trace;
import io.llama3v.vision.VisionBlock;
import io.llama3v.vision.VisionStack;

/** CLIP's text tower: token and position embeddings, causal pre-norm blocks, a last norm; the end-of-text token stands for the text. */
public final class TextTransformer extends Module {
  private final ClipTextConfig config;
  private final Embedding tokens;
  private final Embedding positions;
  private final VisionStack encoder;
  private final LayerNorm finalNorm;

  /** Declares the tower. */
  public TextTransformer(ClipTextConfig config) {
    this.config = config;
    this.tokens = child("embeddings.token_embedding", new Embedding(config.vocabSize(), config.hiddenSize(), 0.02));
    this.positions = child("embeddings.position_embedding", new Embedding(config.maxPositions(), config.hiddenSize(), 0.01));
    this.encoder = child("encoder", new VisionStack(config.shape(), VisionBlock.Naming.CLIP, false));
    this.finalNorm = child("final_layer_norm", new LayerNorm(config.hiddenSize(), config.layerNormEps()));
  }

  /**
   * What the tower returns.
   *
   * @param lastHiddenState [B, T, width] after {@code final_layer_norm}
   * @param pooled [B, width], its row at the end of the text
   */
  public record Output(Tensor lastHiddenState, Tensor pooled) {}

  /** The configuration. */
  public ClipTextConfig config() {
    return config;
  }

  /** As {@link #forward(Tensor, Tensor, Trace)} without a trace. */
  public Output forward(Tensor ids, Tensor attentionMask) {
    return forward(ids, attentionMask, Trace.NONE);
  }

  /**
   * Encodes texts.
   *
   * @param ids I32 [B, T] with T at most the number of positions
   * @param attentionMask F32 [B, T], 0 where a token is padding that no other may see; or null
   * @param trace sees {@code hidden_states.0} (embeddings) and {@code .i}, the output of block i
   * @throws IllegalArgumentException if a text is too long or an id is outside the vocabulary
   */
  public Output forward(Tensor ids, Tensor attentionMask, Trace trace) {
    int[] values = check(ids);
    Backend backend = tokens.weight().backend();
    int length = Math.toIntExact(ids.size(1));
    try (Scope scope = backend.scope()) {
      Tensor x = tokens.forward(ids).add(Slice.apply(positions.weight(), 0, 0, length));
      trace.accept("hidden_states.0", x);
      AttentionMask mask = attentionMask == null ? AttentionMask.CAUSAL : AttentionMask.causal(attentionMask);
      Tensor last = finalNorm.forward(encoder.forward(x, mask, trace, i -> "hidden_states." + (i + 1)));
      int[] rows = config.pooledPositions(values, length);
      for (int i = 0; i < rows.length; i++) rows[i] += i * length;
      Tensor pooled = GatherRows.apply(last.reshape(-1, config.hiddenSize()), backend.tensor(rows, rows.length));
      trace.accept("last_hidden_state", last);
      trace.accept("pooler_output", pooled);
      return new Output(scope.keep(last), scope.keep(pooled));
    }
  }

  /** Chooses whether backward runs each block again instead of keeping its activations. */
  public void recompute(boolean chosen) {
    encoder.recompute(chosen);
  }

  private int[] check(Tensor ids) {
    if (ids.type() != DType.I32 || ids.rank() != 2 || ids.size(1) < 1 || ids.size(1) > config.maxPositions()) {
      throw new IllegalArgumentException("text tower: ids are " + ids.type() + Shape.text(ids.shape())
          + "; expected I32[texts, 1 to " + config.maxPositions() + "]: truncate longer texts when tokenizing");
    }
    int[] values = ids.toInts();
    for (int i = 0; i < values.length; i++) {
      if (values[i] >= 0 && values[i] < config.vocabSize()) continue;
      throw new IllegalArgumentException("text tower: token " + i % ids.size(1) + " of text " + i / ids.size(1) + " is " + values[i]
          + "; the vocabulary has ids 0 to " + (config.vocabSize() - 1) + " (is this the model's tokenizer?)");
    }
    return values;
  }
}

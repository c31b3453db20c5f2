package io.llama3v.adapter;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.llama.KvCache;
import io.llama3v.llama.LlamaBlock;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.RotaryEmbedding;
import io.llama3v.llama.TextBatch;
import io.llama3v.nn.Embedding;
import io.llama3v.nn.Module;
import io.llama3v.nn.RmsNorm;
import io.llama3v.ops.LinearMap;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A Llama with cross-attention layers between its own: {@code language_model} of Mllama. Without images the cross-attention
 * layers are skipped and the numbers are those of the plain Llama, bit for bit.
 */
public final class AdaptedLanguageModel extends Module {
  private final LlamaConfig config;
  private final Embedding embedding;
  private final List<Module> layers;
  private final RmsNorm norm;
  private final Parameter head;
  private final RotaryEmbedding rotary;
  private final LlamaModel llama;

  /** Declares a model in which every layer is new. */
  AdaptedLanguageModel(MllamaConfig c) {
    this(c, null);
  }

  /**
   * Declares a model that takes over a Llama: blocks, norm and output head are the same objects, not copies; of its embedding table, which
   * lacks the image token's row, there will be a copy.
   */
  AdaptedLanguageModel(MllamaConfig c, LlamaModel llama) {
    this.config = c.text();
    this.llama = llama;
    this.embedding = child("model.embed_tokens", new Embedding(config.embeddingRows(), config.hiddenSize(), config.initializerRange()));
    List<Module> all = new ArrayList<>();
    int self = 0;
    for (int i = 0; i < c.totalLayers(); i++) {
      if (c.isCross(i)) all.add(new CrossAttentionBlock(config));
      else all.add(llama == null ? new LlamaBlock(config) : llama.blocks().get(self++));
    }
    this.layers = children("model.layers", all);
    this.norm = child("model.norm", llama == null ? new RmsNorm(config.hiddenSize(), config.rmsNormEps()) : llama.norm());
    this.head = llama != null && llama.head().size(0) == config.vocabSize() ? shared("lm_head.weight", llama.head())
        : parameter("lm_head.weight", Init.normal(config.initializerRange()), config.vocabSize(), config.hiddenSize());
    this.rotary = new RotaryEmbedding(config.headDim(), config.ropeTheta(), config.ropeScaling());
  }

  /** Copies the Llama's embedding rows; rows beyond its vocabulary, such as the image token's, are drawn. */
  void adoptTables(Backend backend, long seed) {
    Parameter table = embedding.weight().initialize(backend, seed, "language_model.model.embed_tokens.weight");
    long width = config.hiddenSize();
    long rows = Math.min(llama.config().embeddingRows(), config.embeddingRows());
    backend.kernels().copyRows(llama.embedding().weight(), 0, width, table, 0, width, rows, width, false);
    if (head == llama.head()) return;
    head.allocate(backend);
    backend.kernels().copyRows(llama.head(), 0, width, head, 0, width, config.vocabSize(), width, false);
  }

  /** Releases the weights, and what is left of the Llama that was taken over: nobody else would. */
  @Override
  public void close() {
    super.close();
    if (llama != null) llama.close();
  }

  /** The cross-attention layers, first to last. */
  public List<CrossAttentionBlock> crossLayers() {
    return layers.stream().filter(CrossAttentionBlock.class::isInstance).map(CrossAttentionBlock.class::cast).toList();
  }

  /** Chooses whether backward runs each of the Llama's own layers again instead of keeping its activations. */
  public void recomputeSelfAttention(boolean chosen) {
    for (Module layer : layers) if (layer instanceof LlamaBlock block) block.recompute(chosen);
  }

  /** The same choice for the cross-attention layers. */
  public void recomputeCrossAttention(boolean chosen) {
    crossLayers().forEach(layer -> layer.recompute(chosen));
  }

  /** The output head [vocab, hidden]. */
  public Parameter head() {
    return head;
  }

  /** The configuration. */
  public LlamaConfig config() {
    return config;
  }

  /** Keys and values of image features [B, S, hidden] for every cross-attention layer. */
  List<CrossAttention.KeysValues> keysValues(Tensor states) {
    return crossLayers().stream().map(layer -> layer.keysValues(states)).toList();
  }

  /**
   * The final hidden states, normalised: [B, L, hidden].
   *
   * @param image keys and values for each cross-attention layer, or null for text only
   * @param cache tokens seen before, or null
   * @param trace sees {@code embed}, {@code layer.i}, {@code cross_attn.i} and {@code final_norm}; may be null
   */
  Tensor hidden(TextBatch text, List<CrossAttention.KeysValues> image, CrossAttentionMask imageMask, KvCache cache,
      BiConsumer<String, Tensor> trace) {
    Backend backend = embedding.weight().backend();
    RotaryEmbedding.Table rope = text.positions() == null
        ? rotary.table(backend, cache == null ? 0 : cache.length(), text.length())
        : rotary.table(backend, text.positions(), text.rows());
    AttentionMask mask = text.mask(backend, cache);
    Tensor x = embedding.forward(text.idTensor(backend));
    see(trace, "embed", x);
    int self = 0;
    int cross = 0;
    for (int i = 0; i < layers.size(); i++) {
      int index = i;
      if (layers.get(i) instanceof CrossAttentionBlock block) {
        if (image == null) continue;
        x = block.forward(x, image.get(cross++), imageMask, trace == null ? null : (name, t) -> trace.accept(name + "." + index, t));
      } else {
        x = ((LlamaBlock) layers.get(i)).forward(x, rope, mask, cache, self++);
      }
      see(trace, "layer." + i, x);
    }
    if (cache != null) cache.advance(text.length());
    x = norm.forward(x);
    see(trace, "final_norm", x);
    return x;
  }

  /** Applies the output head to [..., hidden]. */
  public Tensor logits(Tensor hidden) {
    return LinearMap.apply(hidden, head, null);
  }

  private static void see(BiConsumer<String, Tensor> trace, String name, Tensor x) {
    if (trace != null) trace.accept(name, x);
  }
}

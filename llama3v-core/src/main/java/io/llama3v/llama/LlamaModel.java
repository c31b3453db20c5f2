package io.llama3v.llama;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.Embedding;
import io.llama3v.nn.Module;
import io.llama3v.nn.RmsNorm;
import io.llama3v.nn.Weights;
import io.llama3v.ops.GatherRows;
import io.llama3v.ops.LinearCrossEntropy;
import io.llama3v.ops.LinearMap;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.TokenizerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A Llama language model (LlamaForCausalLM): embedding, blocks, final norm, output head. */
public final class LlamaModel extends Module implements CausalModel {
  private final LlamaConfig config;
  private final Embedding embedding;
  private final List<LlamaBlock> blocks;
  private final RmsNorm norm;
  private final Parameter head;
  private final RotaryEmbedding rotary;
  private Path origin;

  /** Declares the model; it has no weights yet. */
  public LlamaModel(LlamaConfig config) {
    this.config = config;
    this.embedding = child("model.embed_tokens", new Embedding(config.embeddingRows(), config.hiddenSize(), config.initializerRange()));
    List<LlamaBlock> list = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) list.add(new LlamaBlock(config));
    this.blocks = children("model.layers", list);
    this.norm = child("model.norm", new RmsNorm(config.hiddenSize(), config.rmsNormEps()));
    this.head = config.tied() ? embedding.weight()
        : parameter("lm_head.weight", Init.normal(config.initializerRange()), config.vocabSize(), config.hiddenSize());
    this.rotary = new RotaryEmbedding(config.headDim(), config.ropeTheta(), config.ropeScaling());
  }

  /** Loads a Hugging Face folder: config.json, and one or several safetensors files. */
  public static LlamaModel load(Backend backend, Path folder) throws IOException {
    LlamaModel model = new LlamaModel(LlamaConfig.fromJson(Json.read(folder.resolve("config.json"))));
    try (WeightSource source = ShardedWeights.open(folder)) {
      // A tied model's file may repeat the embedding table as lm_head.
      Weights.load(model, backend, source, "", name -> model.config.tied() && name.equals("lm_head.weight"));
    } catch (IOException | RuntimeException | Error failed) {
      model.close();
      throw failed;
    }
    model.origin = folder;
    return model;
  }

  /** Writes config.json and the weights as Hugging Face lays them out, and the tokenizer of the folder it was loaded from, if any. */
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    Weights.save(this, folder);
    AtomicFiles.writeString(folder.resolve("config.json"), config.toJson().toPrettyString() + "\n");
    if (origin != null) TokenizerFiles.copy(origin, folder);
  }

  /** The folder it was loaded from, where its tokenizer is likely to be; empty for a new model. */
  public Optional<Path> origin() {
    return Optional.ofNullable(origin);
  }

  /** The configuration. */
  public LlamaConfig config() {
    return config;
  }

  /** The embedding table. */
  public Embedding embedding() {
    return embedding;
  }

  /** The blocks, first to last. */
  public List<LlamaBlock> blocks() {
    return blocks;
  }

  /** Chooses whether backward runs each block again instead of keeping its activations. */
  public void recompute(boolean chosen) {
    blocks.forEach(block -> block.recompute(chosen));
  }

  /** The norm before the head. */
  public RmsNorm norm() {
    return norm;
  }

  /** The output head [vocab, hidden]; the embedding table if tied. */
  public Parameter head() {
    return head;
  }

  /** The rotary position embedding of every block. */
  public RotaryEmbedding rotary() {
    return rotary;
  }

  /**
   * The final hidden states, normalised: [B, T, hidden].
   *
   * @param cache tokens seen before, or null
   * @param trace sees {@code embed}, {@code self_attn_output.i} and {@code mlp_output.i} (before they are added),
   *     {@code layer_output.i} and {@code final_norm}; may be null
   */
  public Tensor hidden(TextBatch batch, KvCache cache, BiConsumer<String, Tensor> trace) {
    Backend backend = embedding.weight().backend();
    int start = cache == null ? 0 : cache.length();
    RotaryEmbedding.Table rope = batch.positions() == null ? rotary.table(backend, start, batch.length())
        : rotary.table(backend, batch.positions(), batch.rows());
    AttentionMask mask = batch.mask(backend, cache);
    Tensor x = embedding.forward(batch.idTensor(backend));
    if (trace != null) trace.accept("embed", x);
    for (int i = 0; i < blocks.size(); i++) {
      int index = i;
      x = blocks.get(i).forward(x, rope, mask, cache, i, trace == null ? null : (name, t) -> trace.accept(name + "." + index, t));
      if (trace != null) trace.accept("layer_output." + i, x);
    }
    if (cache != null) cache.advance(batch.length());
    x = norm.forward(x);
    if (trace != null) trace.accept("final_norm", x);
    return x;
  }

  /** Logits of every position: [B, T, vocab]. */
  public Tensor logits(TextBatch batch) {
    return logits(hidden(batch, null, null));
  }

  /** Applies the output head to hidden states [..., hidden]. */
  public Tensor logits(Tensor hidden) {
    return LinearMap.apply(hidden, head, null);
  }

  /**
   * Next-token cross-entropy, summed over labelled tokens and divided by {@code normalizer}.
   *
   * @throws IllegalArgumentException if no token has a label
   */
  public Tensor loss(TextBatch batch, double normalizer) {
    return nextTokenLoss(hidden(batch, null, null), head, batch, normalizer);
  }

  /** The loss on given hidden states [B, T, hidden]; only positions that count reach the output head. */
  public static Tensor nextTokenLoss(Tensor hidden, Parameter head, TextBatch batch, double normalizer) {
    int[] positions = batch.countedPositions();
    if (positions.length == 0) throw new IllegalArgumentException("no token of this batch has a label: nothing to learn");
    int[] targets = new int[positions.length];
    for (int i = 0; i < targets.length; i++) targets[i] = batch.labels()[positions[i] + 1];
    Backend backend = hidden.backend();
    Tensor rows = GatherRows.apply(hidden.reshape(-1, hidden.size(-1)), backend.tensor(positions, positions.length));
    return LinearCrossEntropy.apply(rows, head, backend.tensor(targets, targets.length), normalizer);
  }

  @Override
  public Session open(Backend backend, int capacity) {
    KvCache cache = new KvCache(backend, config, config.layers(), 1, capacity);
    return new Session() {
      @Override
      @SuppressWarnings("try") // a scope is there to be closed
      public float[] next(int... ids) {
        if (ids.length == 0) throw new IllegalArgumentException("no token to go on from; expected at least one");
        try (var scope = backend.scope()) {
          Tensor h = hidden(TextBatch.of(ids), cache, null);
          return logits(Slice.apply(h, 1, ids.length - 1, ids.length)).toFloats();
        }
      }

      @Override
      public void close() {
        cache.close();
      }
    };
  }
}

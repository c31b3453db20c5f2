package io.llama3v.train.preference;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.nn.Weights;
import io.llama3v.ops.Cast;
import io.llama3v.ops.GatherRows;
import io.llama3v.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A vision-language model that scores answers instead of continuing them: {@code r = wᵀ h}, with h the final hidden state of the last
 * token of prompt and answer. Encoder, adapters and w train; the language model stays frozen. Takes the model over and closes it.
 */
public final class RewardModel extends Module {
  /** The folder of w within a saved model's. */
  private static final String HEAD = "reward-head";

  private final VisionLanguageModel model;
  private final Linear score;

  private RewardModel(VisionLanguageModel model) {
    int width = model.config().text().hiddenSize();
    this.model = child("", model);
    this.score = child("score", new Linear(width, 1, false, 1 / Math.sqrt(width)));
  }

  /** A fresh head on a model. */
  public static RewardModel on(VisionLanguageModel model, long seed) {
    RewardModel made = declared(model);
    made.initializeMissing(model.language().head().backend(), seed);
    return made;
  }

  /** The same without values, on a model that has none either. */
  public static RewardModel declared(VisionLanguageModel model) {
    return new RewardModel(model.freezeLanguageModel());
  }

  /** Loads what {@link #save} left. */
  public static RewardModel load(Backend backend, Path folder) throws IOException {
    RewardModel made = new RewardModel(VisionLanguageModel.load(backend, folder).freezeLanguageModel());
    try (WeightSource source = ShardedWeights.open(folder.resolve(HEAD))) {
      Weights.load(made.score, backend, source);
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
    return made;
  }

  /** Writes the model as Hugging Face lays it out, and w into {@code reward-head/}. */
  public void save(Path folder) throws IOException {
    model.save(folder);
    Weights.save(score, folder.resolve(HEAD));
  }

  /** The model underneath. */
  public VisionLanguageModel model() {
    return model;
  }

  /** Rewards of all samples of a batch, [S, 1], in F32 whatever the model computes in: losses are sums of them. */
  public Tensor rewards(PreferenceBatch batch) {
    int[] last = batch.lastTokens();
    Tensor hidden = model.hidden(batch.text(), batch.images(), null);
    Tensor rewards = score.forward(GatherRows.apply(hidden.reshape(-1, hidden.size(-1)), hidden.backend().tensor(last, last.length)));
    return Cast.apply(rewards, rewards.type().accumulator());
  }
}

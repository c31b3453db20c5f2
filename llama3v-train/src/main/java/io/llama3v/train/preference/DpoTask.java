package io.llama3v.train.preference;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.Ema;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Direct preference optimisation (Rafailov et al. 2023): for a prompt x with a better answer w and a worse one l,
 *
 * <pre>{@code
 * z = β [(log π(w|x) − log π(l|x)) − (log π_ref(w|x) − log π_ref(l|x))]
 * loss = −log σ(z) − α log π(w|x) / |w|
 * }</pre>
 *
 * summed over pairs and divided by the pairs of the window; |w| counts the answer's tokens. The second term keeps the better answer
 * likely (Pang et al. 2024; α = 0.2 in Llama 3's text stages). The reference is an average of the trained weights that follows them:
 * Llama 3's vision stages refresh it every k steps ({@link io.llama3v.train.optim.Averaging#reference}). It stands in for the trained
 * weights while it is asked, once a window; frozen weights are the same for both.
 */
public final class DpoTask implements PairTask {
  private final VisionLanguageModel model;
  private final Ema reference;
  private final double beta;
  private final double nll;
  private final Map<PreferenceBatch, float[]> asked = new IdentityHashMap<>();
  private PairStatistics last = PairStatistics.NONE;

  /**
   * Sets it up.
   *
   * @param reference of the model's trained parameters
   * @param beta β, how closely the reference is kept to; 0.1 in Llama 3
   * @param nll α
   */
  public DpoTask(VisionLanguageModel model, Ema reference, double beta, double nll) {
    if (!(beta > 0) || !(nll >= 0)) throw new IllegalArgumentException("beta " + beta + " (expected more than 0), nll " + nll + " (expected 0 or more)");
    this.model = model;
    this.reference = reference;
    this.beta = beta;
    this.nll = nll;
  }

  @Override
  public double backward(Backend backend, List<PreferenceBatch> window, double normalizer) {
    try (Ema.Swapped swapped = reference.swap()) {
      for (PreferenceBatch batch : window) asked.put(batch, gaps(model, batch, swapped));
    }
    last = PairStatistics.NONE;
    try {
      return PairTask.super.backward(backend, window, normalizer);
    } finally {
      asked.clear();
    }
  }

  /** The loss of a batch. Outside {@link #backward} the reference is asked for this batch alone. */
  @Override
  public Tensor loss(PreferenceBatch batch, double normalizer) {
    float[] before = asked.get(batch);
    if (before == null) {
      try (Ema.Swapped swapped = reference.swap()) {
        before = gaps(model, batch, swapped);
      }
    }
    Tensor policy = AnswerLikelihood.logarithms(model, batch);
    Backend backend = policy.backend();
    int pairs = batch.pairs().length;
    Tensor gap = backend.tensor(batch.differences(), pairs, batch.answers()).matmul(policy);
    Tensor margins = gap.sub(backend.tensor(before, pairs, 1)).mul(beta);
    last = last.plus(margins.toFloats());
    Tensor loss = LogisticLoss.apply(margins, normalizer);
    if (nll == 0) return loss;
    float[] weights = new float[batch.answers()];
    int[] lengths = batch.lengths();
    for (int[] pair : batch.pairs()) weights[pair[0]] -= (float) (nll / lengths[pair[0]] / normalizer);
    return loss.add(backend.tensor(weights, 1, weights.length).matmul(policy).sum());
  }

  /** {@code log π(w|x) − log π(l|x)} of every pair, with the weights that the model has while {@code held} is open. */
  private static float[] gaps(VisionLanguageModel model, PreferenceBatch batch, Ema.Swapped held) {
    Backend backend = model.language().head().backend();
    var tape = backend.currentTape();
    backend.setTape(null);
    try (Scope scope = backend.scope()) {
      Tensor logarithms = AnswerLikelihood.logarithms(model, batch);
      return scope.backend().tensor(batch.differences(), batch.pairs().length, batch.answers()).matmul(logarithms).toFloats();
    } finally {
      backend.setTape(tape);
    }
  }

  /** The pairs of the last window by their margins z. */
  public PairStatistics last() {
    return last;
  }
}

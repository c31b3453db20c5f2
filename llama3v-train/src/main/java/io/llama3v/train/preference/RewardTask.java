package io.llama3v.train.preference;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.List;

/**
 * Llama 3's loss of a vision reward model: the language reward model's pairwise loss, and a term that keeps the rewards from drifting,
 *
 * <pre>{@code loss = −Σ_pairs log σ(r_w − r_l) / P + λ (Σ_answers r / S)²}</pre>
 *
 * with the P pairs and S answers of the whole window. The square of a mean is no sum over micro-batches, so a window of several is gone
 * through twice: once without a tape for the mean m, then with {@code 2 λ m r / S} in its place, which has the same gradient.
 */
public final class RewardTask implements PairTask {
  private final RewardModel model;
  private final double regularizer;
  private PairStatistics last = PairStatistics.NONE;
  private double mean;

  /** Sets it up; {@code regularizer} is λ. */
  public RewardTask(RewardModel model, double regularizer) {
    if (!(regularizer >= 0)) throw new IllegalArgumentException("regularizer " + regularizer + "; expected 0 or more");
    this.model = model;
    this.regularizer = regularizer;
  }

  @Override
  public Tensor loss(PreferenceBatch batch, double normalizer) {
    last = PairStatistics.NONE;
    Tensor rewards = model.rewards(batch);
    mean = rewards.detach().mean().item();
    Tensor ranking = ranking(batch, rewards, normalizer);
    if (regularizer == 0) return ranking;
    Tensor m = rewards.mean();
    return ranking.add(m.mul(m).mul(regularizer));
  }

  @Override
  public double backward(Backend backend, List<PreferenceBatch> window, double normalizer) {
    if (window.size() == 1) return PairTask.super.backward(backend, window, normalizer);
    double sum = 0;
    int answers = 0;
    for (PreferenceBatch batch : window) {
      try (Scope scope = backend.scope()) {
        for (float r : model.rewards(batch).toFloats()) sum += r;
        answers += batch.answers();
        scope.backend().synchronize();
      }
    }
    mean = sum / answers;
    last = PairStatistics.NONE;
    double loss = regularizer * mean * mean;
    double pull = 2 * regularizer * mean / answers;
    for (PreferenceBatch batch : window) {
      try (Tape tape = Tape.record(backend)) {
        Tensor rewards = model.rewards(batch);
        Tensor ranking = ranking(batch, rewards, normalizer);
        loss += ranking.item();
        if (!Double.isFinite(loss)) return loss;
        tape.backward(ranking.add(rewards.sum().mul(pull)));
      }
    }
    return loss;
  }

  private Tensor ranking(PreferenceBatch batch, Tensor rewards, double normalizer) {
    Tensor margins = rewards.backend().tensor(batch.differences(), batch.pairs().length, batch.answers()).matmul(rewards);
    last = last.plus(margins.toFloats());
    return LogisticLoss.apply(margins, normalizer);
  }

  /** The pairs of the last window by the difference of their rewards. */
  public PairStatistics last() {
    return last;
  }

  /** Mean reward of the last window. */
  public double meanReward() {
    return mean;
  }
}

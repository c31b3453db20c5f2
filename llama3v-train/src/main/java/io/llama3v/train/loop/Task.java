package io.llama3v.train.loop;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a {@link TrainingLoop} trains on: the loss of a batch. Called on the loop's thread with a tape open; tensors made in
 * {@link #loss} die with it, so a batch holds host data (arrays) and is uploaded there.
 *
 * <pre>{@code
 * Task<CaptionBatch> task = Task.of(
 *     (batch, normalizer) -> model.tokenLosses(batch).sum().mul(1 / normalizer),
 *     batch -> batch.unmaskedTokens());
 * }</pre>
 *
 * @param <B> a micro-batch
 */
public interface Task<B> {
  /**
   * The loss that a micro-batch contributes: the <b>sum</b> of the losses of its tokens (or pairs) divided by {@code normalizer}, a
   * scalar. So the loss of a whole window is that of one large batch, however it is cut.
   *
   * @param normalizer {@link #count} summed over the window
   */
  Tensor loss(B batch, double normalizer);

  /**
   * Adds the gradients of a window of micro-batches to the parameters, and returns its loss: the sum of {@link #loss} over the
   * window, each on a tape of its own. A loss in which every sample meets every other of the window, so that it is no such sum,
   * overrides this and goes through the window twice. Once the loss is not finite, the rest may be left out.
   *
   * @param normalizer {@link #count} summed over the window
   */
  default double backward(Backend backend, List<B> window, double normalizer) {
    double sum = 0;
    for (B batch : window) {
      // Texts that were cut before their first answer have nothing to add; the others of the window have.
      if (count(batch) == 0) continue;
      try (Tape tape = Tape.record(backend)) {
        Tensor loss = loss(batch, normalizer);
        double value = loss.item();
        sum += value;
        if (!Double.isFinite(sum)) return sum;
        // A text-only batch of a frozen language model has a loss and no gradient.
        if (loss.needsGrad()) tape.backward(loss);
      }
    }
    return sum;
  }

  /** How many losses it sums: unmasked tokens, or pairs. 0 where there is nothing to learn from. */
  double count(B batch);

  /** Images in it, for the metrics. */
  default long images(B batch) {
    return 0;
  }

  /** Text tokens in it, for the metrics. */
  default long tokens(B batch) {
    return 0;
  }

  /** The loss of a task. */
  @FunctionalInterface
  interface Loss<B> {
    /** As {@link Task#loss}. */
    Tensor of(B batch, double normalizer);
  }

  /** A task of two functions. */
  static <B> Task<B> of(Loss<B> loss, ToDoubleFunction<B> count) {
    return new Task<>() {
      @Override
      public Tensor loss(B batch, double normalizer) {
        return loss.of(batch, normalizer);
      }

      @Override
      public double count(B batch) {
        return count.applyAsDouble(batch);
      }
    };
  }
}

package io.llama3v.train.preference;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.llama.TextBatch;
import io.llama3v.ops.GatherRows;
import io.llama3v.ops.LinearCrossEntropy;
import io.llama3v.tensor.Tensor;

/** {@code log π(y | x) = Σ_t log π(y_t | x, y_<t)} over the labelled tokens of every sample of a batch. */
public final class AnswerLikelihood {
  private AnswerLikelihood() {}

  /** The logarithms, [S, 1]. */
  public static Tensor logarithms(VisionLanguageModel model, PreferenceBatch batch) {
    TextBatch text = batch.text();
    int[] positions = text.countedPositions();
    if (positions.length == 0) throw new IllegalArgumentException("no token of these answers has a label");
    int[] targets = new int[positions.length];
    for (int i = 0; i < targets.length; i++) targets[i] = text.labels()[positions[i] + 1];
    Tensor hidden = model.hidden(text, batch.images(), null);
    Backend backend = hidden.backend();
    Tensor rows = GatherRows.apply(hidden.reshape(-1, hidden.size(-1)), backend.tensor(positions, positions.length));
    Tensor losses = LinearCrossEntropy.perRow(rows, model.language().head(), backend.tensor(targets, targets.length));
    return backend.tensor(batch.membership(-1), batch.answers(), positions.length).matmul(losses.reshape(-1, 1));
  }
}

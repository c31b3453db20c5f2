package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.loop.Task;

/** Next-token prediction of a vision-language model. */
final class VlmTask implements Task<VlmBatch> {
  private final VisionLanguageModel model;

  VlmTask(VisionLanguageModel model) {
    this.model = model;
  }

  @Override
  public Tensor loss(VlmBatch batch, double normalizer) {
    return model.loss(batch.text(), batch.images(), normalizer);
  }

  @Override
  public double count(VlmBatch batch) {
    return batch.text().counted();
  }

  @Override
  public long images(VlmBatch batch) {
    return batch.images() == null ? 0 : batch.images().count();
  }

  @Override
  public long tokens(VlmBatch batch) {
    return batch.text().counted();
  }
}

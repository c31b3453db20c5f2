package io.llama3v.train.bench;

import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;

/**
 * A step of language-model pre-training, everything trained. The last token of a row has no successor, so that {@code length − 1}
 * of its positions are learned.
 *
 * @param name name in the file
 * @param config shape of the model
 * @param batch rows
 * @param length tokens a row
 */
record LanguageModelWorkload(String name, LlamaConfig config, int batch, int length) implements Workload {
  @Override
  public Session open(Backend backend) {
    LlamaModel model = new LlamaModel(config);
    TrainingSession.fill(model, backend);
    int[] ids = RandomData.tokens("texts", batch * length, config.vocabSize());
    TextBatch text = new TextBatch(batch, length, ids, ids, null, null);
    int counted = text.counted();
    return new TrainingSession(backend, model, () -> model.loss(text, counted));
  }
}

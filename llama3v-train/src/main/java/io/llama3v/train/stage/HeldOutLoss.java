package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Scope;
import io.llama3v.text.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Mean next-token loss of a vision-language model on the first samples of a source, one sample at a time. */
record HeldOutLoss(SampleSource heldOut, int samples) implements Evaluation {
  private static final int MAX_TOKENS = 2048;

  HeldOutLoss {
    Defaults.positive("samples", samples);
  }

  @Override
  @SuppressWarnings("try") // a scope is opened for what it does when it closes
  public Map<String, Double> score(Module model, Tokenizer tokenizer) throws IOException {
    if (!(model instanceof VisionLanguageModel vlm)) {
      throw new IllegalArgumentException("Evaluation.loss scores a VisionLanguageModel, not a " + model.getClass().getSimpleName());
    }
    PictureSamples pictures = PictureSamples.of(vlm, tokenizer, MAX_TOKENS);
    Backend backend = vlm.language().head().backend();
    double sum = 0;
    long tokens = 0;
    for (long i = 0; i < Math.min(samples, heldOut.size()); i++) {
      VlmBatch batch = pictures.collate(List.of(pictures.any(heldOut.read(i), 0)));
      // A conversation that is cut before its first answer has nothing to be measured by; training passes over it, too.
      if (batch.text().counted() == 0) continue;
      try (Scope scope = backend.scope()) {
        sum += vlm.loss(batch.text(), batch.images(), 1).item();
      }
      tokens += batch.text().counted();
    }
    if (tokens == 0) {
      throw new IllegalArgumentException(heldOut.describe() + ": none of the first " + samples + " samples has a word to be learned within "
          + MAX_TOKENS + " tokens");
    }
    return Map.of("loss", sum / tokens);
  }
}

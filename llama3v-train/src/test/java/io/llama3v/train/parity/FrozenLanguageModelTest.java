package io.llama3v.train.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.adapter.MaskRule;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Scope;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.Task;
import io.llama3v.train.loop.TrainingLoop;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Schedule;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Training image adapters leaves what the language model says about text alone, bit for bit. */
class FrozenLanguageModelTest {
  private static final Path FOLDER = Path.of("src/test/resources/golden/mllama");

  private static ReferenceBatch batch(String name) throws Exception {
    try (WeightSource io = SafetensorsFile.open(FOLDER.resolve("cases").resolve(name).resolve("io.safetensors"))) {
      return ReferenceBatch.read(io);
    }
  }

  private static float[] logits(VisionLanguageModel model, Backend backend, ReferenceBatch batch) {
    try (Scope scope = backend.scope()) {
      float[] logits = model.logits(batch.text(), batch.images()).toFloats();
      scope.backend().synchronize();
      return logits;
    }
  }

  @Test
  void textOnlyLogitsStayThoseOfThePlainLlama() throws Exception {
    ReferenceBatch text = batch("text_only");
    ReferenceBatch mixed = batch("batch_mixed");
    try (Backend backend = Backend.named("cpu"); VisionLanguageModel model = VisionLanguageModel.load(backend, FOLDER)) {
      model.freezeLanguageModel();
      try (LlamaModel llama = PlainLlama.of(model, backend)) {
        float[] plain = plain(llama, backend, text.text());
        float[] plainMixed = plain(llama, backend, mixed.text());
        assertArrayEquals(plain, logits(model, backend, text));
        float[] before = logits(model, backend, mixed);
        train(model, mixed);
        assertArrayEquals(plain, logits(model, backend, text));
        float[] after = logits(model, backend, mixed);
        assertTrue(difference(before, after) > 0.05, "the adapters have learned something");
        // Under Meta's rule even a text-only row of a batch with images is untouched; under the other it is not.
        int vocabulary = model.config().text().vocabSize();
        int row = vocabulary * mixed.text().length();
        int tokens = vocabulary * mixed.row(2).length;
        assertArrayEquals(Arrays.copyOfRange(plainMixed, 2 * row, 2 * row + tokens), Arrays.copyOfRange(after, 2 * row, 2 * row + tokens));
        float[] leaking = logits(model.setMaskRule(MaskRule.HUGGING_FACE), backend, mixed);
        assertTrue(difference(Arrays.copyOfRange(plainMixed, 2 * row, 2 * row + tokens), Arrays.copyOfRange(leaking, 2 * row, 2 * row + tokens)) > 1e-3);
      }
    }
  }

  private static float[] plain(LlamaModel llama, Backend backend, TextBatch text) {
    try (Scope scope = backend.scope()) {
      float[] logits = llama.logits(text).toFloats();
      scope.backend().synchronize();
      return logits;
    }
  }

  private static void train(VisionLanguageModel model, ReferenceBatch batch) throws Exception {
    Task<ReferenceBatch> task = Task.of((b, normalizer) -> model.loss(b.text(), b.images(), normalizer), b -> b.text().counted());
    try (AdamW optimizer = AdamW.over(model.parameters()).schedule(Schedule.constant(5e-3)).build()) {
      TrainingLoop.of("adapter", optimizer, task, BatchSource.generate(i -> batch)).steps(4).build().run();
    }
  }

  private static double difference(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
    return largest;
  }
}

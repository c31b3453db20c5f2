package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.data.sample.Sample;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.ops.GatherRows;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.Retrieval;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Image-to-text retrieval with a vision-language model: the score of a caption is {@code log p(caption | picture) − log p(caption)},
 * how much likelier the picture makes it. Without the second term short and common captions would win whatever is in the picture.
 * A picture is encoded once for all captions.
 */
@SuppressWarnings("try") // a scope is opened for what it does when it closes
final class CaptionRetrieval {
  private static final int MAX_TOKENS = 256;
  private static final int ROWS = 8;
  private final VisionLanguageModel model;
  private final PictureSamples pictures;
  private final Backend backend;

  CaptionRetrieval(VisionLanguageModel model, Tokenizer tokenizer) {
    this.model = model;
    this.pictures = PictureSamples.of(model, tokenizer, MAX_TOKENS);
    this.backend = model.language().head().backend();
  }

  /** Recall over samples whose captions are all different. */
  Retrieval run(List<Sample> samples, Function<Sample, String> caption) {
    int n = samples.size();
    List<String> captions = samples.stream().map(caption).toList();
    float[] blind = new float[n];
    for (int j = 0; j < n; j++) {
      try (Scope scope = backend.scope()) {
        TextBatch text = pictures.collate(List.of(pictures.textOnly(captions.get(j)))).text();
        blind[j] = logLikelihoods(text, model.hidden(text, null, null))[0];
      }
    }
    float[] similarity = new float[n * n];
    for (int i = 0; i < n; i++) {
      float[] row = likelihoods(samples.get(i), captions);
      for (int j = 0; j < n; j++) similarity[i * n + j] = row[j] - blind[j];
    }
    return Retrieval.diagonal(similarity, n);
  }

  /** Log-likelihood of every caption, given a picture. */
  private float[] likelihoods(Sample picture, List<String> captions) {
    List<VlmBatch.Item> items = pictures.captions(picture, captions);
    float[] all = new float[captions.size()];
    try (Scope scope = backend.scope()) {
      Tensor features = model.encode(pictures.collate(items.subList(0, 1)).images(), null);
      for (int from = 0; from < all.length; from += ROWS) {
        List<VlmBatch.Item> some = items.subList(from, Math.min(all.length, from + ROWS));
        try (Scope inner = backend.scope()) {
          VlmBatch batch = pictures.collate(some);
          Tensor hidden = model.hiddenWith(batch.text(), repeated(features, some.size()), batch.images().seen());
          System.arraycopy(logLikelihoods(batch.text(), hidden), 0, all, from, some.size());
        }
      }
    }
    return all;
  }

  private Tensor repeated(Tensor features, int rows) {
    Tensor flat = features.reshape(1, features.elements());
    return GatherRows.apply(flat, backend.tensor(new int[rows], rows)).reshape(rows, features.size(1), features.size(2));
  }

  /** Sum of the labelled tokens' log-probabilities, a row each. */
  private float[] logLikelihoods(TextBatch text, Tensor hidden) {
    float[] sums = new float[text.rows()];
    for (int r = 0; r < sums.length; r++) {
      int from = r * text.length();
      TextBatch row = new TextBatch(1, text.length(), Arrays.copyOfRange(text.ids(), from, from + text.length()),
          Arrays.copyOfRange(text.labels(), from, from + text.length()), null, null);
      sums[r] = (float) -LlamaModel.nextTokenLoss(Slice.apply(hidden, 0, r, r + 1), model.language().head(), row, 1).item();
    }
    return sums;
  }
}

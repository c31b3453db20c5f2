package io.llama3v.train.preference;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.llama.RowPacking;
import io.llama3v.text.Encoded;
import io.llama3v.train.TinyVlm;
import io.llama3v.train.stage.VlmBatch;
import io.llama3v.vision.image.TiledImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Pairs of answers to questions about pictures, made by number. */
final class Answers {
  private Answers() {}

  /** A prompt and an answer; only the answer has labels. */
  static VlmBatch.Item item(int prompt, int answer, int seed, TiledImage picture) {
    int[] ids = new int[prompt + answer];
    System.arraycopy(TinyVlm.ids(prompt, 11), 0, ids, 0, prompt);
    System.arraycopy(TinyVlm.ids(answer + 1, seed), 1, ids, prompt, answer);
    int[] labels = ids.clone();
    Arrays.fill(labels, 0, prompt, Encoded.IGNORE);
    if (picture == null) return new VlmBatch.Item(new Encoded(ids, labels, new int[0]), List.of());
    ids[1] = TinyVlm.IMAGE;
    return new VlmBatch.Item(new Encoded(ids, labels, new int[] {1}), List.of(picture));
  }

  /** Pairs {@code from .. to − 1}, each in a row with its picture; every third without a picture. */
  static List<VlmBatch.Item> items(int from, int to) {
    List<VlmBatch.Item> items = new ArrayList<>();
    for (int i = from; i < to; i++) {
      TiledImage picture = i % 3 == 2 ? null : TinyVlm.picture(16 + i, 16, i + 1);
      items.add(item(4 + i, 2 + i % 3, 3 * i + 1, picture));
      items.add(item(4 + i, 1 + i % 4, 3 * i + 2, picture));
    }
    return items;
  }

  static PreferenceBatch batch(int from, int to) {
    List<List<Integer>> rows = new ArrayList<>();
    int[][] pairs = new int[to - from][];
    for (int i = 0; i < pairs.length; i++) {
      rows.add(List.of(2 * i, 2 * i + 1));
      pairs[i] = new int[] {2 * i, 2 * i + 1};
    }
    VlmBatch batch = VlmBatch.collate(items(from, to), new RowPacking(rows), TinyVlm.TRANSFORM, 3);
    return new PreferenceBatch(batch.text(), batch.images(), pairs);
  }

  /** log π of an answer, out of the logits of a row of its own, in double. */
  static double logarithm(VisionLanguageModel model, VlmBatch.Item item) {
    VlmBatch one = VlmBatch.collate(List.of(item), TinyVlm.TRANSFORM, 3);
    int vocabulary = model.config().text().vocabSize();
    float[] logits = model.logits(one.text(), one.images()).toFloats();
    double sum = 0;
    for (int t = 0; t + 1 < item.text().length(); t++) {
      int label = item.text().labels()[t + 1];
      if (label == Encoded.IGNORE) continue;
      double total = 0;
      for (int v = 0; v < vocabulary; v++) total += Math.exp(logits[t * vocabulary + v]);
      sum += logits[t * vocabulary + label] - Math.log(total);
    }
    return sum;
  }
}

package io.llama3v.train.stage;

import io.llama3v.backend.Backend;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.ContextWindow;
import io.llama3v.train.eval.Retrieval;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.image.Augmentation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Zero-shot image-to-text retrieval: which of N lists of names belongs to a picture? Candidates are names and tags without
 * colours, all different; every picture is matched against all of them.
 */
final class RetrievalEvaluation {
  private static final int BATCH = 50;
  private final ClipModel model;
  private final ContextWindow window;
  private final ClipInput input;

  RetrievalEvaluation(ClipModel model, ContextWindow window, ClipPicture picture) {
    this.model = model;
    this.window = window;
    this.input = new ClipInput(model.config().vision().imageSize(), picture);
  }

  /** Recall over the first {@code candidates} pictures of a set with different names. */
  Retrieval run(Backend backend, String pattern, int candidates) throws IOException {
    List<float[]> images = new ArrayList<>();
    List<float[]> texts = new ArrayList<>();
    try (ShardIndex index = ShardIndex.open(pattern)) {
      List<Sample> chosen = distinct(index, candidates);
      for (int i = 0; i < chosen.size(); i += BATCH) embed(backend, chosen.subList(i, Math.min(chosen.size(), i + BATCH)), images, texts);
    }
    int n = images.size();
    float[] similarity = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) similarity[i * n + j] = dot(images.get(i), texts.get(j));
    }
    return Retrieval.diagonal(similarity, n);
  }

  private static List<Sample> distinct(ShardIndex index, int wanted) {
    List<Sample> chosen = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Sample sample : index.all()) {
      if (chosen.size() == wanted) break;
      if (names.add(sample.json().path("names").asText())) chosen.add(sample);
    }
    return chosen;
  }

  private void embed(Backend backend, List<Sample> samples, List<float[]> images, List<float[]> texts) {
    int size = samples.size();
    int side = input.side();
    float[] pixels = new float[size * input.floats()];
    int[] ids = new int[size * window.length()];
    for (int i = 0; i < size; i++) {
      Sample sample = samples.get(i);
      System.arraycopy(input.pixels(sample, Augmentation.none(), 0), 0, pixels, i * input.floats(), input.floats());
      System.arraycopy(window.encode(sample.json().path("names").asText()), 0, ids, i * window.length(), window.length());
    }
    try (Scope scope = backend.scope()) {
      split(model.imageEmbeddings(backend.tensor(pixels, size, 3, side, side)), images);
      split(model.textEmbeddings(backend.tensor(ids, size, window.length()), null), texts);
    }
  }

  private static void split(Tensor embeddings, List<float[]> rows) {
    float[] all = embeddings.toFloats();
    int width = (int) embeddings.size(1);
    for (int i = 0; i < all.length; i += width) rows.add(java.util.Arrays.copyOfRange(all, i, i + width));
  }

  private static float dot(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  }
}

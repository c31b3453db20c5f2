package io.llama3v.train.stage;

import io.llama3v.backend.Backend;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
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
import java.util.function.Function;

/** Zero-shot image-to-text retrieval: which of N captions, all different, belongs to a picture? Every picture is matched against all. */
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

  /** Recall over the first {@code candidates} pictures with different captions. */
  Retrieval run(SampleSource source, int candidates, Function<Sample, String> caption) throws IOException {
    return among(distinct(source, candidates, caption), caption);
  }

  /**
   * Recall among {@code candidates} at a time, over as many groups of pictures with different captions as the source has; what is left
   * over is not asked. One group is all there is where it has fewer.
   */
  List<Retrieval> runGroups(SampleSource source, int candidates, Function<Sample, String> caption) throws IOException {
    List<Sample> all = distinct(source, Integer.MAX_VALUE, caption);
    List<Retrieval> groups = new ArrayList<>();
    for (int from = 0; from == 0 || from + candidates <= all.size(); from += candidates) {
      groups.add(among(all.subList(from, Math.min(all.size(), from + candidates)), caption));
    }
    return groups;
  }

  private Retrieval among(List<Sample> chosen, Function<Sample, String> caption) {
    Backend backend = model.logitScale().backend();
    List<float[]> images = new ArrayList<>();
    List<float[]> texts = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i += BATCH) {
      embed(backend, chosen.subList(i, Math.min(chosen.size(), i + BATCH)), caption, images, texts);
    }
    int n = images.size();
    float[] similarity = new float[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) similarity[i * n + j] = dot(images.get(i), texts.get(j));
    }
    return Retrieval.diagonal(similarity, n);
  }

  static List<Sample> distinct(SampleSource source, int wanted, Function<Sample, String> caption) throws IOException {
    List<Sample> chosen = new ArrayList<>();
    Set<String> captions = new HashSet<>();
    for (long i = 0; i < source.size() && chosen.size() < wanted; i++) {
      Sample sample = source.read(i);
      if (captions.add(caption.apply(sample))) chosen.add(sample);
    }
    return chosen;
  }

  private void embed(Backend backend, List<Sample> samples, Function<Sample, String> caption, List<float[]> images, List<float[]> texts) {
    int size = samples.size();
    int side = input.side();
    float[] pixels = new float[size * input.floats()];
    int[] ids = new int[size * window.length()];
    for (int i = 0; i < size; i++) {
      Sample sample = samples.get(i);
      System.arraycopy(input.pixels(sample, Augmentation.none(), 0), 0, pixels, i * input.floats(), input.floats());
      System.arraycopy(window.encode(caption.apply(sample)), 0, ids, i * window.length(), window.length());
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

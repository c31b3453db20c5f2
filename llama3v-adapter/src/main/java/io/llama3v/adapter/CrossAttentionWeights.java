package io.llama3v.adapter;

import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the cross-attention layers look: for each layer and token {@code softmax(q kᵀ / √d)} over all image positions, the mean of all
 * heads. Attention itself never keeps these; they are computed here, on the host, from the queries and keys of one more forward pass.
 *
 * @param layers indices of the cross-attention layers among all layers
 * @param tokens how many tokens were looked at
 * @param images images of the conversation, n
 * @param tiles tiles of an image, T, absent ones included; they get nothing
 * @param positions positions of a tile: the class token, then patches row by row, P
 * @param weights for each layer [tokens, n · T · P]; a token's weights add up to 1, or to 0 if it sees no image
 */
public record CrossAttentionWeights(int[] layers, int tokens, int images, int tiles, int positions, float[][] weights) {
  private static final String QUERY = "text.cross_attn_query.";
  private static final String KEY = "text.cross_attn_key.";

  /**
   * Runs a text with its images and looks at its last tokens.
   *
   * @param text one row
   * @param from the first token to look at; the token that is written at position p was chosen while attending from p − 1
   */
  @SuppressWarnings("try") // a scope is opened for what it does when it closes
  public static CrossAttentionWeights of(VisionLanguageModel model, TextBatch text, ImageBatch images, int from) {
    if (text.rows() != 1 || images == null || from < 0 || from >= text.length()) {
      throw new IllegalArgumentException("attention is looked at in one row with images, from a token in it on; there are " + text.rows()
          + " rows of " + text.length() + " tokens, " + (images == null ? "no images" : "with images") + ", from token " + from);
    }
    int[] layers = model.config().crossLayers();
    float[][] weights = new float[layers.length][];
    Map<String, Tensor> queries = new LinkedHashMap<>();
    try (Scope scope = model.language().head().backend().scope()) {
      model.hidden(text, images, (name, tensor) -> {
        if (name.startsWith(QUERY)) queries.put(name.substring(QUERY.length()), tensor);
        if (!name.startsWith(KEY)) return;
        String layer = name.substring(KEY.length());
        int at = Arrays.binarySearch(layers, Integer.parseInt(layer));
        weights[at] = ofLayer(queries.remove(layer), tensor, images, from);
      });
    }
    int positions = weights[0].length / (text.length() - from) / (images.images() * images.tiles());
    return new CrossAttentionWeights(layers.clone(), text.length() - from, images.images(), images.tiles(), positions, weights);
  }

  /**
   * Looks at the tokens that chose an answer: the last one of the prompt, and those of the answer but the last.
   *
   * @param images of the prompt, whose mask covers the prompt
   */
  public static CrossAttentionWeights ofAnswer(VisionLanguageModel model, int[] prompt, int[] answer, ImageBatch images) {
    int[] ids = Arrays.copyOf(prompt, prompt.length + Math.max(0, answer.length - 1));
    System.arraycopy(answer, 0, ids, prompt.length, ids.length - prompt.length);
    return of(model, TextBatch.of(ids), images.continued(ids.length), prompt.length - 1);
  }

  private static float[] ofLayer(Tensor query, Tensor key, ImageBatch images, int from) {
    int heads = (int) query.size(2);
    int keyHeads = (int) key.size(2);
    int d = (int) query.size(3);
    int keys = (int) key.size(1);
    int length = (int) query.size(1);
    float[] q = query.toFloats();
    float[] k = key.toFloats();
    float[] mean = new float[(length - from) * keys];
    double[] scores = new double[keys];
    for (int t = from; t < length; t++) {
      for (int h = 0; h < heads; h++) {
        int group = h / (heads / keyHeads);
        double most = Double.NEGATIVE_INFINITY;
        for (int s = 0; s < keys; s++) {
          scores[s] = sees(images, t, s, keys) ? dot(q, (t * heads + h) * d, k, (s * keyHeads + group) * d, d) / Math.sqrt(d) : Double.NEGATIVE_INFINITY;
          most = Math.max(most, scores[s]);
        }
        if (most == Double.NEGATIVE_INFINITY) continue;
        double sum = 0;
        for (int s = 0; s < keys; s++) sum += scores[s] = Math.exp(scores[s] - most);
        for (int s = 0; s < keys; s++) mean[(t - from) * keys + s] += (float) (scores[s] / sum / heads);
      }
    }
    return mean;
  }

  private static boolean sees(ImageBatch images, int token, int key, int keys) {
    int groups = images.images() * images.tiles();
    return images.seen()[token * groups + key / (keys / groups)] != 0;
  }

  private static double dot(float[] a, int from, float[] b, int start, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double) a[from + i] * b[start + i];
    return sum;
  }

  /** The mean of a layer's weights over the tokens: [n · T · P]. */
  public float[] mean(int layer) {
    int keys = images * tiles * positions;
    float[] mean = new float[keys];
    for (int i = 0; i < weights[layer].length; i++) mean[i % keys] += weights[layer][i] / tokens;
    return mean;
  }

  /** What each tile of an image gets, class token included: [T]. */
  public double[] tileShares(int layer, int image) {
    float[] mean = mean(layer);
    double[] shares = new double[tiles];
    for (int i = 0; i < tiles * positions; i++) shares[i / positions] += mean[image * tiles * positions + i];
    return shares;
  }

  /**
   * What the patches of an image's first tiles get, class tokens left out.
   *
   * @param count tiles that the image really has
   * @return [count, P − 1], a tile's patches row by row
   */
  public float[] patches(int layer, int image, int count) {
    float[] mean = mean(layer);
    float[] patches = new float[count * (positions - 1)];
    for (int i = 0; i < patches.length; i++) {
      patches[i] = mean[(image * tiles + i / (positions - 1)) * positions + 1 + i % (positions - 1)];
    }
    return patches;
  }
}

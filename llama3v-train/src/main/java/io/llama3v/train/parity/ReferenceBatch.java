package io.llama3v.train.parity;

import io.llama3v.adapter.ImageBatch;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.TextBatch;
import java.io.IOException;
import java.util.Arrays;

/**
 * The inputs of a language-model case, {@code in.*} of its {@code io.safetensors}.
 *
 * @param text tokens, labels and padding
 * @param images the images, or null for text only
 */
record ReferenceBatch(TextBatch text, ImageBatch images) {
  static ReferenceBatch read(WeightSource io) throws IOException {
    long[] shape = io.info("in.input_ids").shape();
    int[] labels = io.contains("in.labels") ? ints(io.readLongs("in.labels")) : null;
    float[] attend = io.contains("in.attention_mask") ? floats(io.readLongs("in.attention_mask")) : null;
    TextBatch text = new TextBatch((int) shape[0], (int) shape[1], ints(io.readLongs("in.input_ids")), labels, attend, null);
    return new ReferenceBatch(text, io.contains("in.pixel_values") ? images(io) : null);
  }

  private static ImageBatch images(WeightSource io) throws IOException {
    long[] shape = io.info("in.pixel_values").shape();
    int rows = (int) shape[0];
    int images = (int) shape[1];
    int tiles = (int) shape[2];
    int[] ids = ints(io.readLongs("in.aspect_ratio_ids"));
    long[] real = io.readLongs("in.aspect_ratio_mask");
    int[][] ratios = new int[rows][images];
    int[][] counts = new int[rows][images];
    for (int i = 0; i < ids.length; i++) {
      ratios[i / images][i % images] = ids[i];
      for (int t = 0; t < tiles; t++) counts[i / images][i % images] += (int) real[i * tiles + t];
    }
    return new ImageBatch(rows, images, tiles, (int) shape[4], io.readFloats("in.pixel_values"), ratios, counts,
        floats(io.readLongs("in.cross_attention_mask")));
  }

  /** The same text at other positions. */
  ReferenceBatch at(int[] positions) {
    return new ReferenceBatch(new TextBatch(text.rows(), text.length(), text.ids(), text.labels(), text.attend(), positions), images);
  }

  /** The tokens of a row without its padding. */
  int[] row(int row) {
    int[] found = new int[text.length()];
    int n = 0;
    for (int i = row * text.length(); i < (row + 1) * text.length(); i++) {
      if (text.attend() == null || text.attend()[i] != 0) found[n++] = text.ids()[i];
    }
    return Arrays.copyOf(found, n);
  }

  /**
   * What belongs to tokens: values [B, L, …] without the rows of padding, whose outputs the reference leaves undefined. Null and
   * values of another size stay as they are.
   */
  float[] atTokens(float[] values) {
    int places = text.rows() * text.length();
    if (values == null || text.attend() == null || places == 0 || values.length % places != 0) return values;
    int width = values.length / places;
    float[] kept = new float[values.length];
    int n = 0;
    for (int i = 0; i < places; i++) {
      if (text.attend()[i] == 0) continue;
      System.arraycopy(values, i * width, kept, n, width);
      n += width;
    }
    return Arrays.copyOf(kept, n);
  }

  static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  static float[] floats(long[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) out[i] = values[i];
    return out;
  }
}

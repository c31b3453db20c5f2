package io.llama3v.train.stage;

import io.llama3v.adapter.ImageBatch;
import io.llama3v.llama.RowPacking;
import io.llama3v.llama.TextBatch;
import io.llama3v.train.preference.PreferenceBatch;
import io.llama3v.vision.VisionConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Micro-batches of the largest shape that a stage's configuration allows: samples of the greatest length, every token learned. */
final class PlannedBatches {
  /** Answers to a prompt that are compared with each other. */
  private static final int ANSWERS = 2;

  private PlannedBatches() {}

  /** Texts, in rows of their own or, with {@code packing}, in rows of up to so many tokens. */
  static TextBatch text(int samples, int length, int packing) {
    return text(samples, length, packing == 0 ? RowPacking.oneEach(samples) : RowPacking.firstFit(lengths(samples, length), packing));
  }

  private static TextBatch text(int samples, int length, RowPacking rows) {
    List<int[]> ids = Collections.nCopies(samples, new int[length]);
    return TextBatch.packed(ids, ids, 0, rows);
  }

  private static int[] lengths(int samples, int length) {
    int[] lengths = new int[samples];
    Arrays.fill(lengths, length);
    return lengths;
  }

  /** Texts with a picture each, of as many tiles as the tower takes. */
  static VlmBatch pictures(VisionConfig vision, TextBatch text) {
    int most = 1;
    if (text.starts() != null) {
      for (int r = 0; r < text.rows(); r++) {
        most = Math.max(most, (int) Arrays.stream(text.starts(), r * text.length(), (r + 1) * text.length()).distinct().count());
      }
    }
    return new VlmBatch(text, images(vision, text, most));
  }

  /** Pairs of answers: a row each, a prompt with one answer beside the prompt with the other, and one picture, which both see. */
  static PreferenceBatch pairs(VisionConfig vision, int prompts, int length) {
    List<List<Integer>> rows = new ArrayList<>();
    int[][] pairs = new int[prompts][];
    for (int p = 0; p < prompts; p++) {
      pairs[p] = new int[] {ANSWERS * p, ANSWERS * p + 1};
      rows.add(List.of(ANSWERS * p, ANSWERS * p + 1));
    }
    TextBatch text = text(ANSWERS * prompts, length, new RowPacking(rows));
    return new PreferenceBatch(text, images(vision, text, 1), pairs);
  }

  /** Pictures that all tokens of their rows see but the first, which stands before the picture's place. */
  private static ImageBatch images(VisionConfig vision, TextBatch text, int most) {
    int side = vision.imageSize();
    int tiles = vision.maxTiles();
    int[][] ones = new int[text.rows()][most];
    for (int[] row : ones) Arrays.fill(row, 1);
    float[] seen = new float[Math.multiplyExact(text.rows() * text.length(), most * tiles)];
    for (int i = 0; i < seen.length; i++) seen[i] = i / (most * tiles) % text.length() == 0 ? 0 : 1;
    float[] pixels = new float[Math.multiplyExact(Math.multiplyExact(text.rows() * most, tiles), 3 * side * side)];
    return new ImageBatch(text.rows(), most, tiles, side, pixels, ones, ones, seen);
  }
}

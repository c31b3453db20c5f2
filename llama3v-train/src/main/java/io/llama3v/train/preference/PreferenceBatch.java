package io.llama3v.train.preference;

import io.llama3v.adapter.ImageBatch;
import io.llama3v.llama.TextBatch;
import java.util.List;

/**
 * Answers to be compared, each with its prompt a sample of the text; answers to one prompt may share a row, and then its images.
 *
 * @param text the samples; labels are on the answers alone
 * @param images their images, or null
 * @param pairs of samples, the better one first, as numbers within {@link TextBatch#samples()}
 */
public record PreferenceBatch(TextBatch text, ImageBatch images, int[][] pairs) {
  /** Number of samples S. */
  public int answers() {
    return text.samples().size();
  }

  /** Flat position of the last token of every sample. */
  int[] lastTokens() {
    return text.samples().stream().mapToInt(s -> s[1] - 1).toArray();
  }

  /** {@code value} at [sample, i] if the i-th counted position is the sample's, 0 elsewhere: [S, N]. */
  float[] membership(float value) {
    List<int[]> samples = text.samples();
    int[] counted = text.countedPositions();
    float[] matrix = new float[samples.size() * counted.length];
    for (int s = 0; s < samples.size(); s++) {
      for (int i = 0; i < counted.length; i++) {
        if (counted[i] >= samples.get(s)[0] && counted[i] < samples.get(s)[1]) matrix[s * counted.length + i] = value;
      }
    }
    return matrix;
  }

  /** Labelled tokens of every sample. */
  int[] lengths() {
    int[] lengths = new int[answers()];
    int n = text.counted();
    float[] matrix = membership(1);
    for (int i = 0; i < matrix.length; i++) lengths[i / n] += (int) matrix[i];
    return lengths;
  }

  /** 1 at the better and −1 at the worse sample of every pair: [P, S]. */
  float[] differences() {
    int samples = answers();
    float[] matrix = new float[pairs.length * samples];
    for (int p = 0; p < pairs.length; p++) {
      matrix[p * samples + pairs[p][0]] = 1;
      matrix[p * samples + pairs[p][1]] = -1;
    }
    return matrix;
  }
}

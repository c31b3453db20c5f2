package io.llama3v.llama;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.ops.CrossEntropy;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Token sequences of equal length, on the host.
 *
 * @param rows number of sequences B
 * @param length tokens each, T
 * @param ids token ids, B·T, row-major
 * @param labels the id to be learned at each position (not shifted: the loss compares position t with label t + 1), or
 *     {@link CrossEntropy#IGNORE}; null if nothing is learned
 * @param attend 1 for tokens, 0 for padding; null if there is no padding
 * @param positions position of each token, or null for 0, 1, 2, …
 */
public record TextBatch(int rows, int length, int[] ids, int[] labels, float[] attend, int[] positions) {
  /** Checks the sizes. */
  public TextBatch {
    int n = Math.multiplyExact(rows, length);
    if (ids.length != n || labels != null && labels.length != n || attend != null && attend.length != n
        || positions != null && positions.length != n) {
      throw new IllegalArgumentException("a batch of " + rows + " x " + length + " tokens with " + ids.length + " ids"
          + (labels == null ? "" : ", " + labels.length + " labels"));
    }
  }

  /** One sequence without labels. */
  public static TextBatch of(int... ids) {
    return new TextBatch(1, ids.length, ids, null, null, null);
  }

  /**
   * Sequences of different lengths, padded at the end.
   *
   * @param ids token ids of each sequence
   * @param labels labels of each sequence
   * @param padding the id to pad with
   */
  public static TextBatch padded(List<int[]> ids, List<int[]> labels, int padding) {
    int length = ids.stream().mapToInt(a -> a.length).max().orElse(0);
    int[] allIds = new int[ids.size() * length];
    int[] allLabels = new int[allIds.length];
    float[] attend = new float[allIds.length];
    Arrays.fill(allIds, padding);
    Arrays.fill(allLabels, CrossEntropy.IGNORE);
    for (int r = 0; r < ids.size(); r++) {
      System.arraycopy(ids.get(r), 0, allIds, r * length, ids.get(r).length);
      System.arraycopy(labels.get(r), 0, allLabels, r * length, labels.get(r).length);
      Arrays.fill(attend, r * length, r * length + ids.get(r).length, 1);
    }
    return new TextBatch(ids.size(), length, allIds, allLabels, attend, null);
  }

  /** Number of positions that a loss counts: those whose next token has a label. */
  public int counted() {
    return countedPositions().length;
  }

  /** Flat indices of the positions whose next token has a label. */
  public int[] countedPositions() {
    int[] found = new int[ids.length];
    int n = 0;
    for (int r = 0; labels != null && r < rows; r++) {
      for (int t = 0; t + 1 < length; t++) {
        if (labels[r * length + t + 1] != CrossEntropy.IGNORE) found[n++] = r * length + t;
      }
    }
    return Arrays.copyOf(found, n);
  }

  /** The token ids on a backend, [B, T]. */
  public Tensor idTensor(Backend backend) {
    return backend.tensor(ids, rows, length);
  }

  /** Causal, and blind to padding where there is some before a token; padding at the end is behind every token anyway. */
  public AttentionMask mask(Backend backend) {
    for (int i = 0; attend != null && i + 1 < attend.length; i++) {
      boolean lastOfRow = (i + 1) % length == 0;
      if (!lastOfRow && attend[i] == 0 && attend[i + 1] != 0) return AttentionMask.causal(backend.tensor(attend, rows, length));
    }
    return AttentionMask.CAUSAL;
  }
}

package io.llama3v.llama;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.ops.CrossEntropy;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
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
 * @param starts where several samples share a row: the place in the row at which the token's own sample begins, which is the first
 *     that it attends to; null if every row is one sample
 */
public record TextBatch(int rows, int length, int[] ids, int[] labels, float[] attend, int[] positions, int[] starts) {
  /** Checks the sizes. */
  public TextBatch {
    int n = Math.multiplyExact(rows, length);
    if (ids.length != n || labels != null && labels.length != n || attend != null && attend.length != n
        || positions != null && positions.length != n || starts != null && starts.length != n) {
      throw new IllegalArgumentException("a batch of " + rows + " x " + length + " tokens with " + ids.length + " ids"
          + (labels == null ? "" : ", " + labels.length + " labels"));
    }
  }

  /** Rows of one sample each. */
  public TextBatch(int rows, int length, int[] ids, int[] labels, float[] attend, int[] positions) {
    this(rows, length, ids, labels, attend, positions, null);
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
    return packed(ids, labels, padding, RowPacking.oneEach(ids.size()));
  }

  /**
   * Sequences of which several may share a row, one after another, padded at the end. Where they do, positions restart with each,
   * none attends to another, and none is asked to predict the next one's first token: the losses are those of rows of their own.
   *
   * @param ids token ids of each sequence
   * @param labels labels of each sequence
   * @param padding the id to pad with
   * @param packing which sequences each row holds
   */
  public static TextBatch packed(List<int[]> ids, List<int[]> labels, int padding, RowPacking packing) {
    int rows = packing.rows().size();
    int length = packing.longest(i -> ids.get(i).length);
    int[] allIds = new int[Math.multiplyExact(rows, length)];
    int[] allLabels = new int[allIds.length];
    float[] attend = new float[allIds.length];
    int[] positions = new int[allIds.length];
    int[] starts = new int[allIds.length];
    Arrays.fill(allIds, padding);
    Arrays.fill(allLabels, CrossEntropy.IGNORE);
    for (int r = 0; r < rows; r++) {
      int at = 0;
      for (int i : packing.rows().get(r)) {
        int n = ids.get(i).length;
        System.arraycopy(ids.get(i), 0, allIds, r * length + at, n);
        System.arraycopy(labels.get(i), 0, allLabels, r * length + at, n);
        Arrays.fill(attend, r * length + at, r * length + at + n, 1);
        place(r * length, at, at + n, starts, positions);
        at += n;
      }
      place(r * length, at, length, starts, positions);
    }
    boolean shared = packing.sharesRows();
    return new TextBatch(rows, length, allIds, allLabels, attend, shared ? positions : null, shared ? starts : null);
  }

  private static void place(int row, int from, int to, int[] starts, int[] positions) {
    for (int t = from; t < to; t++) {
      starts[row + t] = from;
      positions[row + t] = t - from;
    }
  }

  /** The samples, row by row: for each the flat index of its first token and the one behind its last; padding is left out. */
  public List<int[]> samples() {
    List<int[]> found = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      for (int t = 0; t < length;) {
        int from = r * length + t;
        int start = starts == null ? 0 : starts[from];
        while (t < length && (starts == null || starts[r * length + t] == start)) t++;
        int to = r * length + t;
        while (attend != null && to > from && attend[to - 1] == 0) to--;
        if (to > from) found.add(new int[] {from, to});
      }
    }
    return found;
  }

  /** Number of positions that a loss counts: those whose next token is of the same sample and has a label. */
  public int counted() {
    return countedPositions().length;
  }

  /** Flat indices of the positions whose next token is of the same sample and has a label. */
  public int[] countedPositions() {
    int[] found = new int[ids.length];
    int n = 0;
    for (int r = 0; labels != null && r < rows; r++) {
      for (int t = 0; t + 1 < length; t++) {
        int at = r * length + t;
        if (labels[at + 1] != CrossEntropy.IGNORE && (starts == null || starts[at + 1] == starts[at])) found[n++] = at;
      }
    }
    return Arrays.copyOf(found, n);
  }

  /** The token ids on a backend, [B, T]. */
  public Tensor idTensor(Backend backend) {
    return backend.tensor(ids, rows, length);
  }

  /**
   * As {@link #mask(Backend)}; with tokens in a cache, causal over these and those.
   *
   * @throws IllegalArgumentException if there is a cache, and several samples share a row or a row has padding: later tokens would see
   *     what is not theirs
   */
  public AttentionMask mask(Backend backend, KvCache cache) {
    if (cache == null) return mask(backend);
    if (starts != null) throw new IllegalArgumentException("rows that several samples share cannot be continued from a cache");
    for (int i = 0; attend != null && i < attend.length; i++) {
      if (attend[i] == 0) {
        throw new IllegalArgumentException("row " + i / length + " has padding, which a key/value cache would keep and show to later tokens:"
            + " generate from one row at a time, or from rows of equal length");
      }
    }
    return AttentionMask.CAUSAL;
  }

  /** Causal within each sample, and blind to padding where there is some before a token; padding at the end is behind every token anyway. */
  public AttentionMask mask(Backend backend) {
    if (starts != null) {
      float[] first = new float[starts.length];
      for (int i = 0; i < first.length; i++) first[i] = starts[i];
      return AttentionMask.packed(backend.tensor(first, rows, length));
    }
    for (int i = 0; attend != null && i + 1 < attend.length; i++) {
      boolean lastOfRow = (i + 1) % length == 0;
      if (!lastOfRow && attend[i] == 0 && attend[i + 1] != 0) return AttentionMask.causal(backend.tensor(attend, rows, length));
    }
    return AttentionMask.CAUSAL;
  }
}

package io.llama3v.llama;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which sequences share a row of a batch.
 *
 * @param rows the sequences of each row by index, in the order in which they stand there
 */
public record RowPacking(List<List<Integer>> rows) {
  /** Copies the lists. */
  public RowPacking {
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** A row for each of {@code count} sequences. */
  public static RowPacking oneEach(int count) {
    return new RowPacking(IntStream.range(0, count).mapToObj(List::of).toList());
  }

  /**
   * First fit, longest first (Johnson 1973: at most 11/9 of the fewest rows, and a few): each sequence goes into the first row that
   * has room for it. Depends on the lengths and their order alone.
   *
   * @param capacity tokens that a row may hold; a longer sequence has a row to itself
   */
  public static RowPacking firstFit(int[] lengths, int capacity) {
    List<Integer> order = IntStream.range(0, lengths.length).boxed().sorted(Comparator.comparingInt((Integer i) -> -lengths[i])).toList();
    List<List<Integer>> rows = new ArrayList<>();
    List<Integer> used = new ArrayList<>();
    for (int i : order) {
      int row = 0;
      while (row < used.size() && used.get(row) + lengths[i] > capacity) row++;
      if (row == used.size()) {
        rows.add(new ArrayList<>());
        used.add(0);
      }
      rows.get(row).add(i);
      used.set(row, used.get(row) + lengths[i]);
    }
    return new RowPacking(rows);
  }

  /** Tokens of the fullest row. */
  public int longest(IntUnaryOperator length) {
    return rows.stream().mapToInt(row -> row.stream().mapToInt(length::applyAsInt).sum()).max().orElse(0);
  }

  /** True if any row holds more than one sequence. */
  public boolean sharesRows() {
    return rows.stream().anyMatch(row -> row.size() > 1);
  }
}

package io.llama3v.train.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Text in aligned columns; columns whose head begins with {@code >} are aligned at the right. */
final class Columns {
  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] right;

  Columns(String... heads) {
    right = new boolean[heads.length];
    String[] names = new String[heads.length];
    for (int c = 0; c < heads.length; c++) {
      right[c] = heads[c].startsWith(">");
      names[c] = right[c] ? heads[c].substring(1) : heads[c];
    }
    rows.add(names);
  }

  void row(Object... cells) {
    String[] texts = new String[right.length];
    for (int c = 0; c < texts.length; c++) texts[c] = c < cells.length ? String.valueOf(cells[c]) : "";
    rows.add(texts);
  }

  void print(PrintWriter out) {
    int[] widths = new int[right.length];
    for (String[] row : rows) {
      for (int c = 0; c < widths.length; c++) widths[c] = Math.max(widths[c], row[c].length());
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String pad = " ".repeat(widths[c] - row[c].length());
        line.append(c > 0 ? "  " : "").append(right[c] ? pad + row[c] : row[c] + pad);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}

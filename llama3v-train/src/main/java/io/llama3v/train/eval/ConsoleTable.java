package io.llama3v.train.eval;

import io.llama3v.train.eval.EvaluationTable.Row;
import java.util.ArrayList;
import java.util.List;

/** An {@link EvaluationTable} as aligned text. */
final class ConsoleTable {
  private static final String[] HEADS = {"task", "kind", "split", "metric", "n", "model", "95% interval", "blind", "chance", "bar", "met"};
  private static final int FIRST_NUMBER = 4;
  private static final int LAST_NUMBER = 8;

  private ConsoleTable() { }

  static String print(EvaluationTable table) {
    List<String[]> lines = new ArrayList<>();
    table.rows().forEach(row -> lines.add(cells(row)));
    int[] widths = new int[HEADS.length];
    for (int c = 0; c < HEADS.length; c++) {
      for (String[] line : lines) {
        widths[c] = Math.max(widths[c], length(line[c]));
      }
      widths[c] = widths[c] == 0 ? 0 : Math.max(widths[c], HEADS[c].length());
    }
    StringBuilder out = new StringBuilder();
    if (!table.title().isEmpty()) {
      out.append(table.title()).append('\n');
    }
    line(out, HEADS, widths);
    for (int c = 0; c < HEADS.length; c++) {
      out.append(widths[c] == 0 ? "" : "-".repeat(widths[c]) + "  ");
    }
    end(out);
    lines.forEach(cells -> line(out, cells, widths));
    if (table.note() != null) {
      out.append(table.note()).append('\n');
    }
    return out.toString();
  }

  private static String[] cells(Row row) {
    String interval = row.low() == null || row.high() == null ? "" : row.format(row.low()) + " - " + row.format(row.high());
    Boolean met = row.met();
    return new String[] {row.task(), row.kind(), row.split(), row.metric(), String.valueOf(row.n()), row.format(row.model()), interval,
        row.blind() == null ? "" : row.format(row.blind()), row.chance() == null ? "" : row.format(row.chance()),
        row.bar() == null ? "" : row.bar().describe(), row.bar() == null ? "" : met == null ? "?" : met ? "yes" : "NO"};
  }

  private static void line(StringBuilder out, String[] cells, int[] widths) {
    for (int c = 0; c < cells.length; c++) {
      if (widths[c] > 0) {
        String pad = " ".repeat(widths[c] - length(cells[c]));
        boolean right = c >= FIRST_NUMBER && c <= LAST_NUMBER;
        out.append(right ? pad : "").append(cells[c]).append(right ? "" : pad).append("  ");
      }
    }
    end(out);
  }

  private static void end(StringBuilder out) {
    while (out.length() > 0 && out.charAt(out.length() - 1) == ' ') {
      out.setLength(out.length() - 1);
    }
    out.append('\n');
  }

  private static int length(String text) {
    return PythonText.length(text);
  }
}

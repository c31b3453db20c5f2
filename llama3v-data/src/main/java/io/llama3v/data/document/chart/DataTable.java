package io.llama3v.data.document.chart;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * The data behind a chart: a row for each category, a column for each series.
 *
 * @param title    of the chart
 * @param rowName  what a category is: "month"
 * @param unit     what the values count: "visitors"
 * @param rows     names of the categories; numbers, for a scatter chart
 * @param columns  the series
 */
public record DataTable(String title, String rowName, String unit, List<String> rows, List<Column> columns) {
  /** A series: its name, and a value for each row. */
  public record Column(String name, List<BigDecimal> values) {
    public Column {
      values = List.copyOf(values);
    }
  }

  /** Checks that every column has a value for each row. */
  public DataTable {
    rows = List.copyOf(rows);
    columns = List.copyOf(columns);
    if (rows.isEmpty() || columns.isEmpty()) throw new IllegalArgumentException("a table needs a row and a column");
    for (Column column : columns) {
      if (column.values().size() != rows.size()) {
        throw new IllegalArgumentException("column '" + column.name() + "' has " + column.values().size() + " values for " + rows.size() + " rows");
      }
    }
  }

  /** The table in Markdown. */
  public String markdown() {
    StringBuilder out = new StringBuilder("| ").append(rowName);
    columns.forEach(c -> out.append(" | ").append(c.name()));
    out.append(" |\n|").append(" --- |".repeat(columns.size() + 1));
    for (int i = 0; i < rows.size(); i++) {
      out.append("\n| ").append(rows.get(i));
      for (Column c : columns) out.append(" | ").append(text(c.values().get(i)));
      out.append(" |");
    }
    return out.toString();
  }

  /** Values of a column as numbers. */
  List<Double> numbers(int column) {
    List<Double> numbers = new ArrayList<>();
    for (BigDecimal value : columns.get(column).values()) numbers.add(value.doubleValue());
    return numbers;
  }

  /** A number as answers and tables write it: no exponent, no trailing zeros. */
  static String text(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}

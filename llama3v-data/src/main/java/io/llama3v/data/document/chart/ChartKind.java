package io.llama3v.data.document.chart;

import java.util.Locale;

/** How a table is drawn. */
public enum ChartKind {
  BAR, STACKED_BAR, LINE, AREA, SCATTER, PIE, DONUT;

  /** As in "a stacked bar chart". */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Whether it shows one series only. */
  boolean single() {
    return this == PIE || this == DONUT;
  }

  /** What stands for one row, in a chart of one series. */
  String marks() {
    return switch (this) {
      case BAR, STACKED_BAR -> "bars";
      case PIE, DONUT -> "slices";
      default -> "points";
    };
  }
}

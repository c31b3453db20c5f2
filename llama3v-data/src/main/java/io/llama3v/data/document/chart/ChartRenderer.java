package io.llama3v.data.document.chart;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.MissingLibraryException;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.image.RgbImage;

/** Tables as charts (XChart, an optional dependency). Safe for use by several threads. */
public final class ChartRenderer {
  private final ChartDrawing drawing;

  private ChartRenderer(ChartDrawing drawing) {
    this.drawing = drawing;
  }

  /**
   * A renderer.
   *
   * @throws MissingLibraryException if XChart is not on the class path
   */
  public static ChartRenderer open(DocumentFonts fonts) {
    MissingLibraryException.require("A chart", "org.knowm.xchart:xchart", null, "org.knowm.xchart.CategoryChart");
    return new ChartRenderer(new ChartDrawing(fonts));
  }

  /**
   * Draws a table.
   *
   * @param draw     chooses colours
   * @param labelled whether the numbers are written on the chart, which bars and slices can do
   * @param size     of the picture
   */
  public RgbImage draw(Draw draw, DataTable table, ChartKind kind, boolean labelled, PictureLimits size) {
    return drawing.draw(draw, table, kind, labelled, size);
  }
}

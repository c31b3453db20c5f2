package io.llama3v.data.document.chart;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.image.RgbImage;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.PieChart;
import org.knowm.xchart.PieChartBuilder;
import org.knowm.xchart.PieSeries;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.PieStyler;
import org.knowm.xchart.style.Styler;

/** What {@link ChartRenderer} does, in XChart's terms: apart from it, so that the one can be loaded without the other. */
final class ChartDrawing {
  private static final List<Color[]> PALETTES = List.of(
      new Color[] {new Color(0x3366aa), new Color(0xdd8833), new Color(0x44995f), new Color(0xaa4455), new Color(0x7755aa), new Color(0x557788)},
      new Color[] {new Color(0x1b9e77), new Color(0xd95f02), new Color(0x7570b3), new Color(0xe7298a), new Color(0x66a61e), new Color(0xe6ab02)},
      new Color[] {new Color(0x264653), new Color(0x2a9d8f), new Color(0xe9c46a), new Color(0xf4a261), new Color(0xe76f51), new Color(0x8ab17d)});
  private final DocumentFonts fonts;

  ChartDrawing(DocumentFonts fonts) {
    this.fonts = fonts;
  }

  RgbImage draw(Draw draw, DataTable table, ChartKind kind, boolean labelled, PictureLimits size) {
    Chart<?, ?> chart = switch (kind) {
      case BAR, STACKED_BAR -> bars(table, kind, labelled, size);
      case LINE, AREA -> lines(table, kind, size);
      case SCATTER -> scatter(table, size);
      case PIE, DONUT -> slices(table, kind, labelled, size);
    };
    Styler styler = chart.getStyler();
    styler.setChartTitleFont(fonts.sans().deriveFont(Font.BOLD, 16f)).setLegendFont(fonts.sans().deriveFont(13f));
    styler.setSeriesColors(draw.of(PALETTES)).setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(draw.chance(0.3) ? new Color(0xf3f3f3) : Color.WHITE);
    styler.setLegendVisible(kind.single() || table.columns().size() > 1).setToolTipsEnabled(false).setAntiAlias(true);
    if (styler instanceof AxesChartStyler axes) {
      axes.setAxisTitleFont(fonts.sans().deriveFont(Font.BOLD, 13f)).setAxisTickLabelsFont(fonts.sans().deriveFont(12f)).setLocale(Locale.ROOT);
      axes.setXAxisDecimalPattern("0.#").setYAxisDecimalPattern("0.#");
      if (kind != ChartKind.SCATTER) axes.setYAxisMin(0.0);
    }
    return paint(chart);
  }

  private Chart<?, ?> bars(DataTable table, ChartKind kind, boolean labelled, PictureLimits size) {
    CategoryChart chart = new CategoryChartBuilder().width(size.width()).height(size.height()).title(table.title()).xAxisTitle(table.rowName())
        .yAxisTitle(table.unit()).build();
    chart.getStyler().setStacked(kind == ChartKind.STACKED_BAR).setAvailableSpaceFill(0.75).setLabelsVisible(labelled)
        .setLabelsFont(fonts.sans().deriveFont(11f));
    if (kind == ChartKind.BAR) {
      chart.getStyler().setLabelsPosition(0.9);
    } else {
      chart.getStyler().setLabelsPosition(0.5);
    }
    for (int i = 0; i < table.columns().size(); i++) chart.addSeries(table.columns().get(i).name(), table.rows(), table.numbers(i));
    return chart;
  }

  private Chart<?, ?> lines(DataTable table, ChartKind kind, PictureLimits size) {
    CategoryChart chart = new CategoryChartBuilder().width(size.width()).height(size.height()).title(table.title()).xAxisTitle(table.rowName())
        .yAxisTitle(table.unit()).build();
    chart.getStyler().setDefaultSeriesRenderStyle(kind == ChartKind.LINE ? org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle.Line
        : org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle.Area).setOverlapped(true); // else series stand beside each other, as bars do
    for (int i = 0; i < table.columns().size(); i++) chart.addSeries(table.columns().get(i).name(), table.rows(), table.numbers(i));
    return chart;
  }

  private Chart<?, ?> scatter(DataTable table, PictureLimits size) {
    XYChart chart = new XYChartBuilder().width(size.width()).height(size.height()).title(table.title()).xAxisTitle(table.rowName())
        .yAxisTitle(table.unit()).build();
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter).setMarkerSize(9);
    List<Double> x = table.rows().stream().map(Double::valueOf).toList();
    for (int i = 0; i < table.columns().size(); i++) chart.addSeries(table.columns().get(i).name(), x, table.numbers(i));
    return chart;
  }

  private Chart<?, ?> slices(DataTable table, ChartKind kind, boolean labelled, PictureLimits size) {
    PieChart chart = new PieChartBuilder().width(size.width()).height(size.height()).title(table.title()).build();
    chart.getStyler().setDefaultSeriesRenderStyle(kind == ChartKind.DONUT ? PieSeries.PieSeriesRenderStyle.Donut : PieSeries.PieSeriesRenderStyle.Pie)
        .setLabelsVisible(true).setForceAllLabelsVisible(true).setLabelType(labelled ? PieStyler.LabelType.Value : PieStyler.LabelType.Name)
        .setLabelsFont(fonts.sans().deriveFont(12f)).setDonutThickness(0.45);
    for (int i = 0; i < table.rows().size(); i++) chart.addSeries(table.rows().get(i), table.columns().get(0).values().get(i));
    return chart;
  }

  private static RgbImage paint(Chart<?, ?> chart) {
    BufferedImage image = new BufferedImage(chart.getWidth(), chart.getHeight(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      chart.paint(graphics, image.getWidth(), image.getHeight());
    } finally {
      graphics.dispose();
    }
    return RgbImage.of(image);
  }
}

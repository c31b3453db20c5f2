package io.llama3v.train.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.report.ReportData.AttentionMap;
import io.llama3v.train.report.ReportData.Curve;
import io.llama3v.train.report.ReportData.TileGrid;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.LongStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class DrawingTest {

  @Test
  void ticksAreRound() {
    assertEquals(List.of(0.0, 2.0, 4.0, 6.0), Ticks.between(0, 6.4, 4));
    assertEquals(List.of(0.0, 500.0, 1000.0), Ticks.between(0, 1_200, 3));
    assertTrue(Ticks.between(1, 1, 4).isEmpty());
    assertEquals("0.25", Ticks.label(0.25, 0.05));
    assertEquals("2e-4", Ticks.label(2e-4, 2e-4));
    assertEquals("20k", Ticks.label(20_000, 5_000));
    assertEquals("0", Ticks.label(0, 1));
  }

  @Test
  void neighbouringTicksAreToldApart() {
    assertEquals(List.of("0.9996", "0.9998", "1.0000"), labels(0.9996, 1, 2));
    assertEquals(List.of("10.00k", "10.05k", "10.10k"), labels(10_000, 10_100, 2));
    assertEquals(List.of("1000", "1050", "1100"), labels(1_000, 1_100, 2));
    assertEquals(List.of("-2.0e-5", "-1.5e-5", "-1.0e-5", "-5e-6", "0"), labels(-2e-5, 0, 4));
    assertEquals(List.of("3e30", "4e30", "5e30"), labels(3e30, 5e30, 2));
    String gates = LineChart.svg(List.of(curve(1, 1.0001, 1.0002, 1.0003, 1.0004)));
    assertTrue(gates.contains(">1.0002<") && gates.contains(">1.0004<"), gates);
    String late = LineChart.svg(List.of(new Curve("loss", new long[] {20_000, 20_100, 20_200}, new double[] {1, 2, 3})));
    assertTrue(late.contains(">20.05k<") && late.contains(">20.10k<"), late);
  }

  private static List<String> labels(double low, double high, int wanted) {
    List<Double> ticks = Ticks.between(low, high, wanted);
    return ticks.stream().map(tick -> Ticks.label(tick, ticks.get(1) - ticks.get(0))).toList();
  }

  @Test
  void aSpikeDoesNotFlattenTheChartNorDragTheAverage() {
    double[] noisy = noisy();
    noisy[100] = 1e6;
    noisy[50] = Double.NaN;
    double[] smooth = LineChart.smooth(noisy);
    assertTrue(Arrays.stream(smooth).allMatch(v -> v > 0.4 && v < 1.6), Arrays.toString(smooth));
    String svg = LineChart.svg(List.of(curve(noisy)));
    assertFalse(svg.contains(">1M<"), "no tick at the spike");
    assertTrue(svg.contains("class=\"raw\"") && svg.contains("loss at step 51: NaN"), svg);
  }

  @Test
  void aScheduleIsNotSmoothed() {
    double[] schedule = new double[300];
    Arrays.setAll(schedule, k -> k < 30 ? k / 30.0 : (300 - k) / 270.0);
    assertSame(schedule, LineChart.smooth(schedule));
    assertFalse(LineChart.svg(List.of(curve(schedule))).contains("class=\"raw\""));
  }

  @Test
  void longCurvesStaySmall() {
    double[] values = new double[100_000];
    Arrays.setAll(values, k -> Math.sin(k) + k * 1e-5);
    assertTrue(LineChart.svg(List.of(curve(values))).length() < 60_000);
  }

  @Test
  void oddCurvesAreDrawn() {
    assertTrue(LineChart.svg(List.of(curve(Double.NaN, Double.POSITIVE_INFINITY))).contains("nothing finite"));
    assertTrue(LineChart.svg(List.of()).contains("nothing finite"));
    for (double[] values : new double[][] {{5}, {0, 0, 0}, {-3, -3}, {1e-12, 2e-12}, {1e300, -1e300}}) {
      String svg = LineChart.svg(List.of(curve(values)));
      assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    }
    assertThrows(IllegalArgumentException.class, () -> new Curve("loss", new long[2], new double[3]));
  }

  @Test
  void heatMapsHaveOnePixelACellAndGlowWithTheWeight() throws IOException {
    String uri = HeatMap.dataUri(2, 3, new float[] {0, 0.5f, 1, Float.NaN, -1, 0.25f});
    byte[] png = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertEquals(List.of(3, 2), List.of(image.getWidth(), image.getHeight()));
    int[] alpha = {image.getRGB(0, 0) >>> 24, image.getRGB(2, 1) >>> 24, image.getRGB(1, 0) >>> 24, image.getRGB(2, 0) >>> 24};
    assertTrue(alpha[0] == 0 && alpha[0] < alpha[1] && alpha[1] < alpha[2] && alpha[2] < alpha[3], Arrays.toString(alpha));
    assertEquals(0, image.getRGB(0, 1) >>> 24);
  }

  @Test
  void weightsOfTilesAreLaidOutOnTheCanvas() {
    // Two tiles side by side, each of 2 x 1 patches: 1 over 2, and 3 over 4.
    AttentionMap map = AttentionMap.ofTiles(3, null, 1, 2, 2, 1, new float[] {1, 2, 3, 4});
    assertArrayEquals(new float[] {1, 3, 2, 4}, map.weights());
    assertEquals(List.of(2, 2), List.of(map.rows(), map.columns()));
    assertThrows(IllegalArgumentException.class, () -> AttentionMap.ofTiles(3, null, 1, 2, 2, 1, new float[5]));
    assertThrows(IllegalArgumentException.class, () -> new AttentionMap(3, null, 2, 2, new float[3]));
    assertThrows(IllegalArgumentException.class, () -> new TileGrid(0, 1, 8, 8, 8));
  }

  @Test
  void htmlNumbersAndTexts() {
    assertEquals("1.5", Html.n(1.5));
    assertEquals("100", Html.n(100));
    assertEquals("0", Html.n(-0.0001));
    assertEquals("&lt;a b=&quot;c&quot;&gt; &amp; &#39;d&#39;", Html.escape("<a b=\"c\"> & 'd'\u0000\u001b"));
  }

  private static double[] noisy() {
    double[] values = new double[200];
    Arrays.setAll(values, k -> 1 + (k % 2 == 0 ? 0.5 : -0.5));
    return values;
  }

  private static Curve curve(double... values) {
    return new Curve("loss", LongStream.rangeClosed(1, values.length).toArray(), values);
  }
}

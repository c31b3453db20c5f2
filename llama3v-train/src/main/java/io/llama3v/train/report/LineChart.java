package io.llama3v.train.report;

import io.llama3v.train.report.ReportData.Curve;
import java.util.Arrays;
import java.util.List;

/**
 * A line chart as inline SVG. A single curve of many points is drawn twice: faint as it is, and strong after smoothing. Several curves
 * are drawn plain, in colours that run with their order. Values that are not finite are marked on the axis.
 */
final class LineChart {
  private static final double WIDTH = 420;
  private static final double HEIGHT = 210;
  private static final double LEFT = 46;
  private static final double RIGHT = 10;
  private static final double TOP = 10;
  private static final double BOTTOM = 26;
  private static final int SMOOTH_FROM = 24;
  private static final int MOST_POINTS = 500;
  private static final int HOVER_POINTS = 40;

  private final List<Curve> curves;
  private final Html svg = new Html();
  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;
  private double first = Double.POSITIVE_INFINITY;
  private double last = Double.NEGATIVE_INFINITY;

  private LineChart(List<Curve> curves) {
    this.curves = curves;
  }

  /** The chart of one or several curves; a line of text where there is nothing finite to draw. */
  static String svg(List<Curve> curves) {
    return new LineChart(curves).draw();
  }

  /** The colour of curve {@code i} of {@code n}, readable on light and dark ground. */
  static String colour(int i, int n) {
    return "hsl(" + Html.n(n < 2 ? 215 : 190 + 150.0 * i / (n - 1)) + " 62% 52%)";
  }

  /**
   * The curve to draw strong. A curve that is short, or that hardly goes up and down, such as a learning rate, is itself. Others are
   * averaged exponentially over about a fortieth of their points, corrected for the start; values that are not finite are skipped, and
   * outliers count as the end of the range that is drawn, or one spike would look like a long decay.
   */
  static double[] smooth(double[] values) {
    double[] range = range(values);
    if (values.length < SMOOTH_FROM || range == null || isCalm(values, range)) {
      return values;
    }
    double keep = 1 - 1 / Math.max(1, values.length / 40.0);
    double[] smoothed = new double[values.length];
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        sum = keep * sum + (1 - keep) * Math.max(range[0], Math.min(range[1], values[i]));
        weight = keep * weight + 1 - keep;
      }
      smoothed[i] = weight == 0 ? Double.NaN : sum / weight;
    }
    return smoothed;
  }

  private String draw() {
    curves.forEach(this::extend);
    if (high < low) {
      return "<p class=\"none\">nothing finite was logged</p>";
    }
    if (low > 0 && low < 0.4 * high || low == high && low > 0) {
      low = 0;
    }
    double pad = high > low ? 0.04 * (high - low) : Math.max(1e-9, Math.abs(high));
    high += pad;
    low -= low == 0 ? 0 : pad;
    last = last > first ? last : first + 1;
    svg.open("svg", "viewBox", "0 0 " + Html.n(WIDTH) + " " + Html.n(HEIGHT), "class", "chart", "role", "img");
    axes();
    boolean single = curves.size() == 1;
    for (int i = 0; i < curves.size(); i++) {
      Curve curve = curves.get(i);
      double[] strong = single ? smooth(curve.values()) : curve.values();
      if (strong != curve.values()) {
        path(curve.steps(), curve.values(), "raw", null);
      }
      path(curve.steps(), strong, "line", single ? null : colour(i, curves.size()));
      hover(curve.name(), curve.steps(), strong);
      broken(curve);
    }
    return svg.close("svg").toString();
  }

  private void extend(Curve curve) {
    double[] range = range(curve.values());
    if (range != null) {
      low = Math.min(low, range[0]);
      high = Math.max(high, range[1]);
      first = Math.min(first, curve.steps()[0]);
      last = Math.max(last, curve.steps()[curve.steps().length - 1]);
    }
  }

  /** The lowest and highest value to draw, null where none is finite. Of a long noisy curve, the outermost 2 % at each end may leave it. */
  private static double[] range(double[] values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    if (finite.length == 0) {
      return null;
    }
    int cut = finite.length >= SMOOTH_FROM ? finite.length / 50 : 0;
    double[] inner = {finite[cut], finite[finite.length - 1 - cut]};
    return isCalm(values, inner) ? new double[] {finite[0], finite[finite.length - 1]} : inner;
  }

  /** Whether the ups and downs of a curve inside a range add up to no more than three times that range. */
  private static boolean isCalm(double[] values, double[] range) {
    double way = 0;
    double before = Double.NaN;
    for (double value : values) {
      if (Double.isFinite(value)) {
        double inside = Math.max(range[0], Math.min(range[1], value));
        way += Double.isNaN(before) ? 0 : Math.abs(inside - before);
        before = inside;
      }
    }
    return way <= 3 * (range[1] - range[0]);
  }

  private void axes() {
    List<Double> ys = Ticks.between(low, high, 4);
    double stepY = ys.size() > 1 ? ys.get(1) - ys.get(0) : Math.abs(high - low);
    for (double tick : ys) {
      String y = Html.n(y(tick));
      svg.open("line", "class", "grid", "x1", Html.n(LEFT), "x2", Html.n(WIDTH - RIGHT), "y1", y, "y2", y).close("line");
      svg.element("text", Ticks.label(tick, stepY), "x", Html.n(LEFT - 6), "y", Html.n(y(tick) + 3.5), "text-anchor", "end");
    }
    String base = Html.n(HEIGHT - BOTTOM);
    List<Double> xs = Ticks.between(first, last, 5);
    double stepX = xs.size() > 1 ? xs.get(1) - xs.get(0) : 1;
    for (double tick : xs) {
      if (tick == Math.rint(tick)) {
        boolean atEnd = x(tick) > WIDTH - RIGHT - 14;
        svg.open("line", "class", "axis", "x1", Html.n(x(tick)), "x2", Html.n(x(tick)), "y1", base, "y2", Html.n(HEIGHT - BOTTOM + 4))
            .close("line");
        svg.element("text", Ticks.label(tick, stepX), "x", Html.n(atEnd ? WIDTH - RIGHT : x(tick)), "y", Html.n(HEIGHT - 9), "text-anchor",
            atEnd ? "end" : "middle");
      }
    }
    svg.open("line", "class", "axis", "x1", Html.n(LEFT), "x2", Html.n(WIDTH - RIGHT), "y1", base, "y2", base).close("line");
  }

  /** A polyline through the points; where there are too many, through the lowest and highest of each bucket. */
  private void path(long[] steps, double[] values, String type, String colour) {
    StringBuilder d = new StringBuilder();
    int bucket = Math.max(1, (int) Math.ceil(values.length * 2.0 / MOST_POINTS));
    boolean pen = false;
    for (int from = 0; from < values.length; from += bucket) {
      int least = from;
      int most = from;
      for (int i = from; i < Math.min(values.length, from + bucket); i++) {
        least = values[i] < values[least] || !Double.isFinite(values[least]) ? i : least;
        most = values[i] > values[most] || !Double.isFinite(values[most]) ? i : most;
      }
      for (int i : least == most ? new int[] {least} : new int[] {Math.min(least, most), Math.max(least, most)}) {
        if (Double.isFinite(values[i])) {
          d.append(pen ? 'L' : 'M').append(Html.n(x(steps[i]))).append(' ').append(Html.n(y(values[i])));
          pen = true;
        } else {
          pen = false;
        }
      }
    }
    if (colour == null) {
      svg.open("path", "class", type, "d", d.toString()).close("path");
    } else {
      svg.open("path", "class", type, "style", "stroke:" + colour, "d", d.toString()).close("path");
    }
  }

  /** Invisible points that tell their value when pointed at. */
  private void hover(String name, long[] steps, double[] values) {
    int stride = Math.max(1, values.length / HOVER_POINTS);
    for (int i = values.length - 1; i >= 0; i -= stride) {
      if (Double.isFinite(values[i])) {
        svg.open("circle", "class", values.length == 1 ? "dot" : "hit", "cx", Html.n(x(steps[i])), "cy", Html.n(y(values[i])), "r", "5")
            .element("title", name + " at step " + steps[i] + ": " + Format.number(values[i])).close("circle");
      }
    }
  }

  private void broken(Curve curve) {
    int shown = 0;
    for (int i = 0; i < curve.values().length && shown < MOST_POINTS; i++) {
      if (!Double.isFinite(curve.values()[i])) {
        String x = Html.n(x(curve.steps()[i]));
        svg.open("line", "class", "broken", "x1", x, "x2", x, "y1", Html.n(HEIGHT - BOTTOM - 9), "y2", Html.n(HEIGHT - BOTTOM))
            .element("title", curve.name() + " at step " + curve.steps()[i] + ": " + curve.values()[i]).close("line");
        shown++;
      }
    }
  }

  private double x(double step) {
    return LEFT + (step - first) / (last - first) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    double inside = Math.max(low, Math.min(high, value));
    return TOP + (high - inside) / (high - low) * (HEIGHT - TOP - BOTTOM);
  }
}

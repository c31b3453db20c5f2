package io.llama3v.train.optim;

import java.util.ArrayList;
import java.util.List;

/**
 * A schedule through given points: any quantity that training changes on its way, such as a learning rate, the size of tiles, a share
 * of the data. Before the first point it has the first value, after the last the last one.
 *
 * <pre>{@code
 * Schedule tiles = Curve.of(Curve.Shape.STEP).at(0, 336).at(60_000, 448).at(90_000, 560);
 * Schedule share = Curve.of(Curve.Shape.LINEAR).at(0, 0.1).at(90_000, 0.5);
 * }</pre>
 *
 * @param shape  what happens between two points
 * @param points with rising steps
 */
public record Curve(Shape shape, List<Point> points) implements Schedule {
  private static final long serialVersionUID = 1L;

  /** What happens between two points, {@code t} being the part of the way done, from 0 to 1, and a, b the two values. */
  public enum Shape {
    /** {@code a} until the next point: piecewise constant. */
    STEP,
    /** {@code a + t (b − a)}. */
    LINEAR,
    /** {@code a + (1 − cos πt) / 2 (b − a)}: level at both points. */
    COSINE,
    /** {@code a (b / a)^t}: the same factor in every step. All values must be positive. */
    EXPONENTIAL
  }

  /** The value at a step. */
  public record Point(long step, double value) implements java.io.Serializable {}

  /**
   * Checks the points.
   *
   * @throws IllegalArgumentException if steps do not rise, a value is not finite, or an exponential curve has one that is not positive
   */
  public Curve {
    points = List.copyOf(points);
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      Check.steps("step", p.step);
      if (i > 0 && p.step <= points.get(i - 1).step) {
        throw new IllegalArgumentException("step " + p.step + " comes after step " + points.get(i - 1).step + ": list the points in order, each step once");
      }
      if (!Double.isFinite(p.value)) throw new IllegalArgumentException("the value at step " + p.step + " is " + p.value + ": give a finite number");
      if (shape == Shape.EXPONENTIAL && !(p.value > 0)) {
        throw new IllegalArgumentException("the value at step " + p.step + " is " + p.value + ": an exponential curve stays above 0; end it"
            + " low, or take cosine");
      }
    }
  }

  /** A curve without points; {@link #at(long, double)} adds them. */
  public static Curve of(Shape shape) {
    return new Curve(shape, List.of());
  }

  /** The same with one more point, later than the others. */
  public Curve at(long step, double value) {
    List<Point> more = new ArrayList<>(points);
    more.add(new Point(step, value));
    return new Curve(shape, more);
  }

  @Override
  public double at(long step) {
    if (points.isEmpty()) throw new IllegalStateException("this curve has no points");
    int next = 0;
    while (next < points.size() && points.get(next).step <= step) next++;
    if (next == 0) return points.get(0).value;
    Point a = points.get(next - 1);
    if (next == points.size() || shape == Shape.STEP) return a.value;
    Point b = points.get(next);
    double t = (double) (step - a.step) / (b.step - a.step);
    return switch (shape) {
      case STEP -> a.value;
      case LINEAR -> a.value + t * (b.value - a.value);
      case COSINE -> a.value + (1 - Math.cos(Math.PI * t)) / 2 * (b.value - a.value);
      case EXPONENTIAL -> a.value * Math.pow(b.value / a.value, t);
    };
  }

  /** Steps of the points. */
  public long[] steps() {
    return points.stream().mapToLong(Point::step).toArray();
  }

  /** The value after the last point. */
  public double last() {
    return points.get(points.size() - 1).value;
  }
}

package io.llama3v.vision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llama3v.vision.image.ParityResult;

/**
 * Compares computed tensors with a reference's in float32, and remembers the worst. A forward value may differ by 1e-5, or by 1e-5
 * of its tensor's largest; a gradient by 1e-4 of its tensor's largest, or by 1e-6 of the largest gradient of the whole case (some
 * gradients are mathematically 0). Where the reference measured its own rounding noise to be wider than that, three times the
 * noise is allowed.
 */
public final class ParityCheck {
  private static final double FORWARD = 1e-5;
  private static final double GRADIENT = 1e-4;
  private static final double GRADIENT_FLOOR = 1e-6;
  private static final double NOISE_FACTOR = 3;

  private final String name;
  private final JsonNode noise;
  private String worst = "nothing to compare";
  private double error;
  private double tolerance;
  private double worstRatio = -1;
  private boolean passed = true;

  /**
   * Begins a group of comparisons.
   *
   * @param noise the object {@code f32_vs_f64} of a {@code case.json}: {@code {tensor: {max_abs}, grads: {tensor, worst_rel}}}; or null
   */
  public ParityCheck(String name, JsonNode noise) {
    this.name = name;
    this.noise = noise == null ? MissingNode.getInstance() : noise;
  }

  /** Compares a value of the forward pass; {@code actual} is null if it was not computed. */
  public void forward(String tensor, float[] expected, float[] actual) {
    double base = Math.max(FORWARD, FORWARD * largest(expected));
    record(tensor, expected, actual, widened(base, noise.path(tensor).path("max_abs").asDouble(0)));
  }

  /**
   * Compares a gradient.
   *
   * @param caseLargest the largest absolute value among all gradients of the case
   */
  public void gradient(String tensor, float[] expected, float[] actual, double caseLargest) {
    double largest = largest(expected);
    double relative = GRADIENT;
    JsonNode measured = noise.path("grads");
    if (tensor.equals(measured.path("tensor").asText())) relative = widened(relative, measured.path("worst_rel").asDouble(0));
    record(tensor, expected, actual, Math.max(relative * largest, GRADIENT_FLOOR * caseLargest));
  }

  /** Records a tensor that only one side has. */
  public void missing(String tensor) {
    record(tensor, new float[0], null, 0);
  }

  private static double widened(double base, double measured) {
    return measured > base ? NOISE_FACTOR * measured : base;
  }

  /** The largest absolute value. */
  public static double largest(float[] values) {
    double largest = 0;
    for (float value : values) largest = Math.max(largest, Math.abs(value));
    return largest;
  }

  private void record(String tensor, float[] expected, float[] actual, double allowed) {
    double difference = difference(expected, actual);
    double ratio = difference == 0 ? 0 : difference / Math.max(allowed, Double.MIN_NORMAL);
    passed &= difference <= allowed;
    if (ratio <= worstRatio) return;
    worstRatio = ratio;
    worst = tensor;
    error = difference;
    tolerance = allowed;
  }

  private static double difference(float[] expected, float[] actual) {
    if (actual == null || actual.length != expected.length) return Double.POSITIVE_INFINITY;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      double one = Math.abs((double) expected[i] - actual[i]);
      if (Double.isNaN(one)) return Double.POSITIVE_INFINITY;
      difference = Math.max(difference, one);
    }
    return difference;
  }

  /** The outcome so far; a group in which nothing was compared has failed. */
  public ParityResult result() {
    return new ParityResult(name, passed && worstRatio >= 0, worst, error, tolerance);
  }
}

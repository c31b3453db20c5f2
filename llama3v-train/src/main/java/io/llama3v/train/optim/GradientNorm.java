package io.llama3v.train.optim;

/**
 * What {@link GradientClipping} measured.
 *
 * @param norm    global norm before clipping; NaN or infinite if any gradient holds such a value
 * @param scale   factor that clips, at most 1; meaningless where {@link #finite()} is false
 * @param tensors parameters that had a gradient
 */
public record GradientNorm(double norm, double scale, int tensors) {
  /** False if a gradient holds NaN or infinity: the step must not be taken. */
  public boolean finite() {
    return Double.isFinite(norm);
  }
}

package io.llama3v.train.optim;

import io.llama3v.tensor.Parameter;
import java.nio.FloatBuffer;

/** Bounds that a parameter is put back into after an update. */
public final class Constraints {
  /** Upper bound of CLIP's {@code logit_scale}: a temperature of 1/100. */
  public static final double MAX_LOGIT_SCALE = Math.log(100);

  private Constraints() {}

  /** {@code p = min(max(p, low), high)}, for small parameters: the values pass through the host. NaN stays. */
  public static void clamp(Parameter parameter, double low, double high) {
    float[] values = parameter.toFloats();
    boolean changed = false;
    for (int i = 0; i < values.length; i++) {
      float bounded = Math.min(Math.max(values[i], (float) low), (float) high);
      changed |= bounded != values[i];
      values[i] = bounded;
    }
    if (changed) parameter.backend().upload(FloatBuffer.wrap(values), parameter);
  }

  /** Clamps CLIP's {@code logit_scale} to [0, ln 100] (Radford et al.: Learning Transferable Visual Models, 2021, section 2.5). */
  public static void clampLogitScale(Parameter logitScale) {
    clamp(logitScale, 0, MAX_LOGIT_SCALE);
  }
}

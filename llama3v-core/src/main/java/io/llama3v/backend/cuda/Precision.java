package io.llama3v.backend.cuda;

import java.util.Arrays;
import java.util.Locale;

/** What the cuda backend computes models in. */
public enum Precision {
  /** F32 activations, products in full single precision: the numbers of the CPU backend. */
  FP32,
  /** F32 activations, products on tensor cores that read 10 bits of mantissa: about 3e-4 relative. */
  TF32,
  /** BF16 activations and products, F32 sums, statistics, losses, gradients of parameters and master weights. */
  BF16;

  /**
   * By name, as {@code --precision} takes it.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Precision named(String name) {
    for (Precision p : values()) if (p.toString().equals(name)) return p;
    throw new IllegalArgumentException("precision '" + name + "' is not one of " + Arrays.toString(values()));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

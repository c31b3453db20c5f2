package io.llama3v.llama;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tensor;

/**
 * Cosines and sines of the rotary position embedding, {@code f_i = θ^(−2i/d)}, with Llama 3.1's scaling of low frequencies.
 * Computed in single precision in the reference's order of operations: at positions of 100,000 the last bit of a frequency
 * decides the third digit of an angle.
 */
public final class RotaryEmbedding {
  private final float[] frequencies;

  /** Computes the frequencies. */
  public RotaryEmbedding(int headDim, double theta, RopeScaling scaling) {
    frequencies = new float[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = (float) (2 * i) / headDim;
      float f = 1f / (float) Math.pow((float) theta, exponent);
      frequencies[i] = scaling == null ? f : scale(f, scaling);
    }
  }

  private static float scale(float f, RopeScaling s) {
    float wavelength = (float) (2 * Math.PI) / f;
    double longest = s.originalContext() / s.lowFreqFactor();
    double shortest = s.originalContext() / s.highFreqFactor();
    if (wavelength > longest) return f / (float) s.factor();
    if (wavelength < shortest) return f;
    float smooth = (s.originalContext() / wavelength - (float) s.lowFreqFactor()) / (float) (s.highFreqFactor() - s.lowFreqFactor());
    return (1 - smooth) * f / (float) s.factor() + smooth * f;
  }

  /** The frequencies, d/2 of them. */
  public float[] frequencies() {
    return frequencies.clone();
  }

  /** Cosines and sines, each [rows, T, d/2]. */
  public record Table(Tensor cos, Tensor sin) {}

  /** The table for positions {@code start .. start + length − 1} of every row: [1, length, d/2]. */
  public Table table(Backend backend, int start, int length) {
    int[] positions = new int[length];
    for (int i = 0; i < length; i++) positions[i] = start + i;
    return table(backend, positions, 1);
  }

  /** The table for given positions, {@code rows} rows of them. */
  public Table table(Backend backend, int[] positions, int rows) {
    int half = frequencies.length;
    float[] cos = new float[positions.length * half];
    float[] sin = new float[positions.length * half];
    for (int p = 0; p < positions.length; p++) {
      for (int i = 0; i < half; i++) {
        float angle = frequencies[i] * positions[p];
        cos[p * half + i] = (float) Math.cos(angle);
        sin[p * half + i] = (float) Math.sin(angle);
      }
    }
    long length = positions.length / rows;
    return new Table(backend.tensor(cos, rows, length, half), backend.tensor(sin, rows, length, half));
  }
}

package io.llama3v.vision.copy;

import io.llama3v.backend.Backend;
import io.llama3v.ops.Arithmetic;
import io.llama3v.ops.CrossEntropy;
import io.llama3v.ops.GatherRows;
import io.llama3v.ops.MatMul;
import io.llama3v.tensor.Tensor;

/**
 * The loss that SSCD is trained with, on 2B unit vectors of which rows i and i + B are copies of one picture:
 * <pre>
 *   InfoNCE   mean_i -log( exp(z_i . z_copy(i) / t) / sum_{j != i} exp(z_i . z_j / t) )        (T. Chen and others: SimCLR, 2020)
 *   entropy   mean_i -log( min over j that are no copies of i of |z_i - z_j| )                  (Kozachenko and Leonenko)
 * </pre>
 * The second term pushes each vector away from its nearest stranger, so that one threshold fits all pictures.
 */
public final class CopyLoss {
  /** SSCD's temperature. */
  public static final double TEMPERATURE = 0.05;
  /** SSCD's weight of the entropy term, relative to the first. */
  public static final double ENTROPY_WEIGHT = 30;
  private static final double SMALLEST = 1e-6;

  private CopyLoss() {}

  /**
   * The loss: a scalar.
   *
   * @param z [2B, d] of unit length, B at least 2
   */
  public static Tensor apply(Tensor z, double temperature, double entropyWeight) {
    int n = Math.toIntExact(z.size(0));
    if (n < 4 || n % 2 != 0) throw new IllegalArgumentException("copy loss of " + n + " vectors; expected an even number of at least 4");
    Backend backend = z.backend();
    Tensor cosines = MatMul.apply(z, false, z, true);
    int[] copy = new int[n];
    float[] itself = new float[n * n];
    for (int i = 0; i < n; i++) {
      copy[i] = (i + n / 2) % n;
      itself[i * n + i] = -1e9f;
    }
    Tensor logits = cosines.mul(1 / temperature).add(backend.tensor(itself, n, n));
    Tensor contrast = CrossEntropy.apply(logits, backend.tensor(copy, n), null, n);
    if (entropyWeight == 0) return contrast;
    Tensor strangers = GatherRows.apply(z, backend.tensor(nearestStranger(cosines.toFloats(), n), n));
    Tensor dots = Arithmetic.sumTo(z.mul(strangers), n, 1);
    // |a - b|^2 = 2 - 2 a.b for unit vectors; the root becomes a half before the logarithm.
    Tensor squares = dots.mul(-2).add(backend.full(2 + SMALLEST, 1)).relu().add(backend.full(SMALLEST, 1));
    return contrast.add(squares.log().mean().mul(-0.5 * entropyWeight));
  }

  private static int[] nearestStranger(float[] cosines, int n) {
    int[] nearest = new int[n];
    for (int i = 0; i < n; i++) {
      int best = -1;
      for (int j = 0; j < n; j++) {
        if (j == i || j == (i + n / 2) % n) continue;
        if (best < 0 || cosines[i * n + j] > cosines[i * n + best]) best = j;
      }
      nearest[i] = best;
    }
    return nearest;
  }
}

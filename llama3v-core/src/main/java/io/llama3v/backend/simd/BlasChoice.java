package io.llama3v.backend.simd;

import java.util.Locale;
import org.bytedeco.javacpp.FloatPointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the BLAS libraries on the class path computes. Where there are two, a small product decides; it takes some milliseconds.
 *
 * @param blas the chosen one
 * @param why in a few words, for the log
 */
record BlasChoice(Blas blas, String why) {
  /** System property: {@code openblas}, {@code mkl}, or {@code auto}. */
  static final String PROPERTY = "llama3v.blas";

  private static final Logger LOG = LoggerFactory.getLogger(BlasChoice.class);
  private static final int SIDE = 384;
  private static final int ROUNDS = 6;
  /**
   * Between libraries that are about as fast, chance must not decide: they round differently, and a run that goes on later should go
   * on with the same one. OpenBLAS therefore has to win clearly.
   */
  private static final double CLEARLY = 1.1;

  /**
   * Chooses as the system property says.
   *
   * @throws IllegalArgumentException if the property names a library that is unknown or absent
   */
  static BlasChoice make() {
    return make(System.getProperty(PROPERTY, "auto"));
  }

  static BlasChoice make(String wanted) {
    switch (wanted) {
      case "openblas":
        return new BlasChoice(new OpenBlas(), "asked for");
      case "mkl":
        return new BlasChoice(Mkl.load().orElseThrow(() -> new IllegalArgumentException(PROPERTY + " is mkl, and MKL is not on the class"
            + " path: add org.bytedeco:mkl with the natives of this platform (Maven: -Pmkl)")), "asked for");
      case "auto":
        Blas open = new OpenBlas();
        return Mkl.load().map(mkl -> faster(open, mkl)).orElseGet(() -> new BlasChoice(open, "the only BLAS here"));
      default:
        throw new IllegalArgumentException(PROPERTY + " is '" + wanted + "'; expected auto, openblas or mkl");
    }
  }

  private static BlasChoice faster(Blas open, Blas mkl) {
    double[] seconds = race(open, mkl);
    boolean takeOpen = takesFirst(seconds[0], seconds[1]);
    LOG.info("a product of {}x{} on one thread: {} {} GFLOP/s, {} {} GFLOP/s", SIDE, SIDE, open.name(), rate(seconds[0]), mkl.name(),
        rate(seconds[1]));
    return takeOpen ? new BlasChoice(open, "faster here than " + mkl.name())
        : new BlasChoice(mkl, seconds[1] < seconds[0] ? "faster here than " + open.name() : "about as fast here as " + open.name());
  }

  /** The rule for OpenBLAS against MKL, given the time of each. */
  static boolean takesFirst(double openSeconds, double mklSeconds) {
    return mklSeconds > CLEARLY * openSeconds;
  }

  /** Shortest time of each in the same product, in turns. */
  private static double[] race(Blas... libraries) {
    double[] best = new double[libraries.length];
    try (FloatPointer a = filled(); FloatPointer b = filled(); FloatPointer c = filled()) {
      for (int round = -2; round < ROUNDS; round++) {
        for (int i = 0; i < best.length; i++) {
          long start = System.nanoTime();
          libraries[i].gemm(false, true, SIDE, SIDE, SIDE, 1, a.address(), SIDE, b.address(), SIDE, 0, c.address(), SIDE);
          double seconds = (System.nanoTime() - start) * 1e-9;
          best[i] = round <= 0 ? seconds : Math.min(best[i], seconds);
        }
      }
    }
    return best;
  }

  private static FloatPointer filled() {
    FloatPointer p = new FloatPointer((long) SIDE * SIDE);
    for (long i = 0; i < p.capacity(); i++) p.put(i, 1f / (1 + i % 7));
    return p;
  }

  private static String rate(double seconds) {
    return String.format(Locale.ROOT, "%.0f", 2e-9 * SIDE * SIDE * SIDE / seconds);
  }
}

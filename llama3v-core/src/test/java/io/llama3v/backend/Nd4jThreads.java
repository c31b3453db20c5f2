package io.llama3v.backend;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/** How ND4J's own operations run in tests. */
public final class Nd4jThreads {
  private Nd4jThreads() {}

  /**
   * Lets ND4J's operations run on the calling thread alone. Tests call thousands of tiny ones, and OpenMP's threads wait for
   * each other by spinning: on a busy machine that turns microseconds into milliseconds.
   */
  public static void one() {
    Nd4j.getExecutioner();
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
  }
}

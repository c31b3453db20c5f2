package io.llama3v.backend.nd4j;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.nd4j.linalg.api.environment.Nd4jEnvironment;

/** Which GPUs ND4J's own CUDA kernels (nd4j-cuda-11.6) can run on: they hold machine code up to compute capability 8.9 and no more. */
final class Nd4jCuda {
  private static final int NEWEST = 8;
  private static final String ADVICE = "nd4j-cuda-11.6 has kernels for compute capability 3.7 to 8.9 only. On newer GPUs use the cuda"
      + " backend: build with 'mvn -Pcuda package', without -Pnd4j-cuda";

  private Nd4jCuda() {}

  /** Why ND4J's kernels cannot run on the GPU that it found; empty if they can, or if it runs on the CPU. */
  static Optional<String> problem(Properties environment) {
    if (!(environment.get(Nd4jEnvironment.CUDA_DEVICE_INFORMATION_KEY) instanceof List<?> devices)) return Optional.empty();
    for (Object device : devices) {
      if (device instanceof Map<?, ?> facts && facts.get(Nd4jEnvironment.CUDA_DEVICE_MAJOR_VERSION_KEY) instanceof Number major
          && major.intValue() > NEWEST) {
        return Optional.of(facts.get(Nd4jEnvironment.CUDA_DEVICE_NAME_KEY) + " has compute capability " + major + "."
            + facts.get(Nd4jEnvironment.CUDA_DEVICE_MINOR_VERSION_KEY) + ", and " + ADVICE);
      }
    }
    return Optional.empty();
  }

  /** What to add to a failure of ND4J to load, where its CUDA backend is on the class path. */
  static String hint() {
    try {
      Class.forName("org.nd4j.linalg.jcublas.JCublasBackend", false, Nd4jCuda.class.getClassLoader());
      return " (" + ADVICE + ")";
    } catch (ClassNotFoundException onCpu) {
      return "";
    }
  }
}

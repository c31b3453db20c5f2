package io.llama3v.backend.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.environment.Nd4jEnvironment;

/** GPUs that ND4J's kernels know, and those that they do not. */
class Nd4jCudaTest {
  private static Optional<String> on(String name, int major, int minor) {
    Properties environment = new Properties();
    environment.put(Nd4jEnvironment.CUDA_DEVICE_INFORMATION_KEY, List.of(Map.of(Nd4jEnvironment.CUDA_DEVICE_NAME_KEY, name,
        Nd4jEnvironment.CUDA_DEVICE_MAJOR_VERSION_KEY, major, Nd4jEnvironment.CUDA_DEVICE_MINOR_VERSION_KEY, minor)));
    return Nd4jCuda.problem(environment);
  }

  @Test
  void hopperIsSentToTheCudaBackend() {
    String text = on("NVIDIA H200", 9, 0).orElseThrow();
    assertTrue(text.startsWith("NVIDIA H200 has compute capability 9.0") && text.contains("-Pcuda"), text);
  }

  @Test
  void adaAndCpusAreFine() {
    assertEquals(Optional.empty(), on("NVIDIA L4", 8, 9));
    assertEquals(Optional.empty(), Nd4jCuda.problem(new Properties()));
    assertEquals("", Nd4jCuda.hint());
  }
}

package io.llama3v.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.llama3v.backend.cuda.CudaBackend;
import io.llama3v.backend.cuda.HostCuda;
import io.llama3v.backend.cuda.HostDevice;
import io.llama3v.backend.cuda.Precision;
import io.llama3v.tensor.DType;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The cuda backend without a GPU: its very kernels, compiled by g++ and run thread by thread on this machine's processor, and all of the
 * host's side but the driver, against the reference backend in double. What a GPU alone can show (its compiler's arithmetic, timing,
 * real concurrency, cuBLAS) is shown by {@link BackendAgreementTest} where there is one.
 */
class CudaAgreementTest {
  private static Backend reference;
  private static Backend cuda;

  @BeforeAll
  static void open() {
    HostCuda.missing().ifPresent(why -> System.err.println("SKIPPED: the arithmetic of the CUDA kernels was not checked: " + why));
    assumeTrue(HostCuda.missing().isEmpty());
    reference = Backend.named("nd4j");
    cuda = new CudaBackend(new HostDevice(), Precision.FP32);
  }

  @AfterAll
  static void close() {
    if (cuda == null) return;
    assertEquals(0, cuda.liveBytes());
    cuda.close();
    reference.close();
  }

  @TestFactory
  Stream<DynamicTest> everyKernelAgreesWithTheReference() {
    return KernelCases.all().stream().map(c -> DynamicTest.dynamicTest(c.name(), () ->
        BackendAgreementTest.agree(BackendAgreementTest.run(c, reference, DType.F64), BackendAgreementTest.run(c, cuda, DType.F32))));
  }

  /** Activations in BF16: tensors off the alignment that vector loads and tensor cores need. */
  @TestFactory
  Stream<DynamicTest> everyKernelAgreesInBf16() {
    return KernelCases.all().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> agreeInBf16(c, reference, cuda, 5)));
  }

  /** The same on aligned tensors: attention on the matrix instructions, emulated by the layouts of their manual. */
  @TestFactory
  Stream<DynamicTest> everyKernelAgreesInBf16OnAlignedTensors() {
    return KernelCases.all().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> agreeInBf16(c, reference, cuda, 16)));
  }

  static void agreeInBf16(KernelCases.Case c, Backend reference, Backend cuda, int shift) {
    Map<String, double[]> expected = run(c, reference, DType.F64, shift);
    Map<String, double[]> actual = run(c, cuda, DType.BF16, shift);
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> assertNear(name, values, actual.get(name)));
  }

  private static Map<String, double[]> run(KernelCases.Case c, Backend backend, DType type, int shift) {
    try (Kit kit = new Kit(backend, type, c.name(), true, shift)) {
      c.run().accept(kit);
      kit.checkSurroundings();
      return kit.results();
    }
  }

  /** {@code ‖actual − expected‖ ≤ 0.01 ‖expected‖}; infinities where they belong. Below 0.1 an element only its rounding is left. */
  private static void assertNear(String name, double[] expected, double[] actual) {
    assertEquals(expected.length, actual.length, name);
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      if (Double.isInfinite(expected[i])) {
        assertEquals(expected[i], actual[i], name + "[" + i + "]");
        continue;
      }
      error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      size += expected[i] * expected[i];
    }
    double relative = Math.sqrt(error / Math.max(size, 1e-2 * expected.length));
    assertTrue(relative <= 1e-2, () -> name + " is off by " + relative);
  }
}

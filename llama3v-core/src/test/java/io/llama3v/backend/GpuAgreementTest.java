package io.llama3v.backend;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.llama3v.backend.cuda.CudaBackendProvider;
import io.llama3v.backend.cuda.Precision;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every kernel in BF16 on the GPU of this machine, if there is one; F32 is {@link BackendAgreementTest}'s, on every backend there is. */
class GpuAgreementTest {
  private static Backend reference;
  private static Backend cuda;

  @BeforeAll
  static void open() {
    Optional<String> reason = new CudaBackendProvider().unavailable();
    assumeTrue(reason.isEmpty(), () -> "no GPU: " + reason.get());
    reference = Backend.named("nd4j");
    cuda = CudaBackendProvider.open(Precision.BF16);
  }

  @AfterAll
  static void close() {
    if (cuda == null) return;
    cuda.close();
    reference.close();
  }

  @TestFactory
  Stream<DynamicTest> everyKernelAgreesInBf16() {
    return KernelCases.all().stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> {
      CudaAgreementTest.agreeInBf16(c, reference, cuda, 5);
      CudaAgreementTest.agreeInBf16(c, reference, cuda, 16);
    }));
  }
}

package io.llama3v.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every kernel of every backend that runs here, in single precision, against the reference backend in double on the same
 * numbers: forward within 1e-5 of the tensor's largest value, gradients within 1e-4. The reference's own single precision is
 * held to the same.
 */
class BackendAgreementTest {
  /** Where all gradients cancel to less than this (a norm of one element), only their rounding is left to compare. */
  private static final double SMALLEST_GRADIENT = 0.01;
  private static final Map<String, Map<String, double[]>> EXPECTED = new HashMap<>();
  private static final List<Backend> OPEN = new ArrayList<>();

  @AfterAll
  static void close() {
    OPEN.forEach(Backend::close);
    EXPECTED.clear();
  }

  @TestFactory
  Stream<DynamicNode> everyKernelAgreesWithTheReference() {
    Backend reference = open("nd4j");
    return Backends.all().stream().filter(p -> p.unavailable().isEmpty()).flatMap(provider -> {
      Backend backend = open(provider.name());
      return KernelCases.all().stream().map(c -> DynamicTest.dynamicTest(backend.name() + ": " + c.name(),
          () -> agree(EXPECTED.computeIfAbsent(c.name(), n -> run(c, reference, DType.F64)), run(c, backend, DType.F32))));
    });
  }

  private static Backend open(String name) {
    Backend backend = Backend.named(name);
    OPEN.add(backend);
    return backend;
  }

  static Map<String, double[]> run(KernelCases.Case c, Backend backend, DType type) {
    try (Kit kit = new Kit(backend, type, c.name())) {
      c.run().accept(kit);
      kit.checkSurroundings();
      return kit.results();
    }
  }

  static void agree(Map<String, double[]> expected, Map<String, double[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> {
      boolean gradient = name.startsWith("d");
      String difference = difference(values, actual.get(name), gradient ? 1e-4 : 1e-5, gradient ? SMALLEST_GRADIENT : 0);
      assertTrue(difference == null, () -> name + ": " + difference);
    });
  }

  /** Null if the arrays agree within {@code tolerance} of the largest finite value (or of {@code floor}). */
  static String difference(double[] expected, double[] actual, double tolerance, double floor) {
    if (expected.length != actual.length) return actual.length + " values; expected " + expected.length;
    double largest = floor;
    for (double e : expected) if (Double.isFinite(e)) largest = Math.max(largest, Math.abs(e));
    int worst = -1;
    double worstError = tolerance * largest;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] == actual[i]) continue;
      double error = Math.abs(expected[i] - actual[i]);
      if (!(error <= worstError)) {
        worst = i;
        worstError = error;
        if (!Double.isFinite(error)) break;
      }
    }
    return worst < 0 ? null : "element " + worst + " of " + expected.length + " is " + actual[worst] + "; expected " + expected[worst]
        + " (off by " + worstError / largest + " of the largest value)";
  }
}

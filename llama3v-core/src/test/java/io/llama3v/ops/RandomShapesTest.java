package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every operation on random shapes, forward and backward: the cpu backend against the reference in double precision. */
class RandomShapesTest {
  private static final int CASES = 6;

  @TestFactory
  Stream<DynamicTest> theBackendsAgreeOnAnyShape() {
    Backend cpu = Backend.named("cpu");
    Backend reference = Backend.named("nd4j");
    return RandomShapes.OPERATIONS.entrySet().stream().map(operation -> DynamicTest.dynamicTest(operation.getKey(), () -> {
      for (long seed = 1; seed <= CASES; seed++) agree(operation.getKey(), operation.getValue(), cpu, reference, seed);
    })).onClose(() -> {
      cpu.close();
      reference.close();
    });
  }

  static void agree(String name, RandomShapes.Operation operation, Backend cpu, Backend reference, long seed) {
    long before = cpu.liveBytes();
    Map<String, double[]> expected = RandomShapes.run(operation, reference, DType.F64, seed);
    Map<String, double[]> actual = RandomShapes.run(operation, cpu, DType.F32, seed);
    assertEquals(expected.size(), actual.size(), name + " " + seed + ": " + expected.keySet() + actual.keySet());
    var values = actual.values().iterator();
    expected.forEach((key, wanted) -> {
      String difference = difference(wanted, values.next(), key.equals("y") ? 1e-5 : 1e-4);
      assertTrue(difference == null, () -> name + ", seed " + seed + ", " + key + ": " + difference);
    });
    assertEquals(before, cpu.liveBytes(), name + " " + seed + " keeps memory");
  }

  /** Null if the arrays agree within {@code tolerance} of the largest value, or of 1. */
  private static String difference(double[] expected, double[] actual, double tolerance) {
    if (expected.length != actual.length) return actual.length + " values; expected " + expected.length;
    double largest = 1;
    for (double e : expected) largest = Math.max(largest, Math.abs(e));
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(expected[i] - actual[i]) <= tolerance * largest)) {
        return "element " + i + " of " + expected.length + " is " + actual[i] + "; expected " + expected[i];
      }
    }
    return null;
  }
}

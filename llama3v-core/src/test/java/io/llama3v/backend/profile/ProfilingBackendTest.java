package io.llama3v.backend.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.backend.nd4j.Nd4jBackend;
import io.llama3v.backend.profile.Profile.Phase;
import io.llama3v.ops.LinearMap;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Recompute;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProfilingBackendTest {
  private static float[] gradient(Backend backend, boolean recompute) {
    Tensor weight = backend.tensor(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).requireGrad(true);
    Tensor x = backend.tensor(new float[] {1, -1, 2}, 1, 3).requireGrad(true);
    try (Tape tape = Tape.record(backend)) {
      Tensor y = recompute ? Recompute.block(List.<Parameter>of(), in -> LinearMap.apply(in[0], weight, null), x)
          : LinearMap.apply(x, weight, null);
      tape.backward(y.tanh().sum());
    }
    float[] gradient = x.grad().toFloats();
    x.close();
    weight.close();
    return gradient;
  }

  /** Calls by phase, operation and kernel. */
  private static Map<String, Long> calls(ProfilingBackend backend) {
    return backend.profile().snapshot().rows().stream()
        .collect(Collectors.toMap(r -> r.phase() + "/" + r.operation() + "/" + r.kernel(), Profile.Row::calls));
  }

  @Test
  void numbersAreThoseOfTheBackendAndEveryKernelHasItsPlace() {
    try (Backend plain = new Nd4jBackend(); ProfilingBackend timed = new ProfilingBackend(new Nd4jBackend())) {
      assertArrayEquals(gradient(plain, false), gradient(timed, false));
      Map<String, Long> calls = calls(timed);
      assertEquals(1, calls.get("FORWARD//linear"), calls.toString());
      // dx and dW.
      assertEquals(2, calls.get("BACKWARD/linear/matmul"), calls.toString());
      assertEquals(2, calls.get("UNTAPED//upload"), calls.toString());
      Profile.Row products = timed.profile().snapshot().rows().stream().filter(r -> r.kernel().equals("matmul")).findFirst().orElseThrow();
      assertEquals(2 * (2 * 2 * 3), products.operations());
      timed.profile().reset();
      assertTrue(timed.profile().isEmpty());
    }
  }

  @Test
  void recomputedForwardCountsAsBackward() {
    try (ProfilingBackend timed = new ProfilingBackend(new Nd4jBackend())) {
      gradient(timed, true);
      Map<String, Long> calls = calls(timed);
      assertEquals(1, calls.get("UNTAPED//linear"), calls.toString());
      assertEquals(1, calls.get("BACKWARD/recompute/linear"), calls.toString());
      assertEquals(2, calls.get("BACKWARD/linear/matmul"), calls.toString());
    }
  }

  @Test
  void tableGivesRatesAndTheRest() {
    Profile.Snapshot snapshot = new Profile.Snapshot(2, List.of(
        new Profile.Row(Phase.FORWARD, "", "linear", 3, 1, 5_000_000_000L, 8),
        new Profile.Row(Phase.BACKWARD, "gelu", "unaryBackward", 1, 0.5, 0, 1_000_000_000L)));
    List<String> lines = snapshot.table().lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
    assertEquals("forward linear 3 1000.00 50.0 5.0", lines.get(1));
    assertEquals("backward gelu unaryBackward 1 500.00 25.0 2.0", lines.get(2));
    assertEquals("between kernels 500.00 25.0", lines.get(3));
  }

  @Test
  void errorsOfKernelsArriveAsTheyAre() {
    try (ProfilingBackend timed = new ProfilingBackend(new Nd4jBackend())) {
      Tensor x = timed.zeros(2);
      x.close();
      assertThrows(IllegalStateException.class, x::toFloats);
      assertThrows(RuntimeException.class, () -> timed.kernels().copy(x, null));
    }
  }
}

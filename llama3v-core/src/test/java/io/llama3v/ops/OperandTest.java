package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.backend.BackendProvider;
import io.llama3v.backend.Backends;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operands that do not fit: of another type, another shape, another backend. Each is an error that says so, and never a wrong number. */
@SuppressWarnings("try")
class OperandTest {
  static Stream<String> backends() {
    return Backends.all().stream().filter(p -> p.unavailable().isEmpty()).map(BackendProvider::name);
  }

  private static void refused(String part, Executable wrong) {
    String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
    assertTrue(message.contains(part), message);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aCastChangesTheTypeAndNotTheValues(String name) {
    try (Backend backend = Backend.named(name); Scope scope = backend.scope()) {
      if (!backend.supports(DType.F64)) return;
      float[] values = {1.5f, -2, 3.25f, 1e-3f, 7};
      Tensor wide = Cast.apply(backend.tensor(values, 5), DType.F64);
      assertArrayEquals(new double[] {1.5, -2, 3.25, 1e-3f, 7}, wide.toDoubles());
      assertArrayEquals(values, Cast.apply(wide, DType.F32).toFloats());
      refused("I32", () -> Cast.apply(backend.tensor(new int[] {1}, 1), DType.F32));
      refused("I32", () -> Cast.apply(wide, DType.I32));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void operandsOfOneOperationShareTheirType(String name) {
    try (Backend backend = Backend.named(name); Scope scope = backend.scope()) {
      if (!backend.supports(DType.F64)) return;
      Tensor x = backend.zeros(2, 4);
      Tensor wide = backend.tensor(new double[8], 2, 4);
      Tensor wideRow = backend.tensor(new double[4], 4);
      Tensor row = backend.zeros(4);
      Tensor ids = backend.tensor(new int[8], 2, 4);
      refused("silu gate", () -> SiluGate.apply(x, wide));
      refused("gated residual", () -> GatedResidual.apply(x, wide, backend.zeros(1)));
      refused("the gate", () -> GatedResidual.apply(x, x, backend.tensor(new double[1], 1)));
      refused("weight", () -> RmsNormalization.apply(x, wideRow, 1e-5));
      refused("weight", () -> LayerNormalization.apply(x, wideRow, row, 1e-5));
      refused("bias", () -> LayerNormalization.apply(x, row, wideRow, 1e-5));
      refused("interleave", () -> InterleaveFeatures.apply(x, wide));
      refused("weights", () -> CrossEntropy.perRow(x, backend.tensor(new int[2], 2), backend.tensor(new double[2], 2)));
      refused("gather rows", () -> GatherRows.apply(x, backend.tensor(new int[1], 1), DType.F64));
      refused("linear", () -> LinearMap.apply(x, wide, null));
      refused("add", () -> x.add(wide));
      for (UnaryOp op : UnaryOp.values()) refused(op.name(), () -> Unary.apply(op, ids));
      refused("softmax", () -> Softmax.apply(ids));
      refused("l2", () -> L2Normalize.apply(ids));
      Tensor q = backend.zeros(1, 3, 2, 4);
      refused("mask", () -> ScaledDotProductAttention.apply(q, q, q, AttentionMask.causal(backend.tensor(new double[3], 1, 3))));
      refused("cos", () -> Rotary.apply(q, backend.tensor(new double[6], 1, 3, 2), backend.tensor(new double[6], 1, 3, 2)));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void shapesThatDoNotFitAreNamed(String name) {
    try (Backend backend = Backend.named(name); Scope scope = backend.scope()) {
      Tensor odd = backend.zeros(1, 3, 2, 5);
      Tensor table = backend.zeros(1, 3, 2);
      refused("even", () -> Rotary.apply(odd, table, table));
      refused("cos", () -> Rotary.apply(backend.zeros(1, 3, 2, 4), backend.zeros(3, 2), backend.zeros(3, 2)));
      refused("at least one key", () -> ScaledDotProductAttention.apply(odd, backend.zeros(1, 0, 2, 5), backend.zeros(1, 0, 2, 5), AttentionMask.NONE));
      refused("nothing to join", () -> Concat.apply(0));
      refused("-1", () -> Concat.pad(odd, 0, -1, 2));
      refused("empty", () -> Softmax.apply(backend.zeros(3, 0)));
      refused("empty", () -> RmsNormalization.apply(backend.zeros(3, 0), backend.zeros(0), 1e-5));
      Tensor labels = backend.tensor(new int[3], 3);
      for (double normalizer : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
        refused("normalizer", () -> CrossEntropy.apply(backend.zeros(3, 4), labels, null, normalizer));
        refused("normalizer", () -> LinearCrossEntropy.apply(backend.zeros(3, 4), backend.zeros(5, 4), labels, normalizer));
      }
      refused("more elements", () -> backend.zeros(1L << 40, 1L << 40));
      refused("negative", () -> backend.zeros(3, -1));
      refused("leaves its storage", () -> new Tensor(backend, table.storage(), DType.F32, 1L << 40, 6));
      refused("leaves its storage", () -> new Tensor(backend, table.storage(), DType.F32, -1, 2));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void noQueriesGiveNoResultAndZeroGradients(String name) {
    try (Backend backend = Backend.named(name); Scope scope = backend.scope()) {
      Tensor q = backend.zeros(1, 0, 2, 4);
      Tensor k = backend.full(1, 1, 3, 1, 4);
      Tensor out = ScaledDotProductAttention.apply(q, k, k, AttentionMask.NONE);
      assertEquals("[1, 0, 2, 4]", Shape.text(out.shape()));
      Tensor dk = backend.full(5, 1, 3, 1, 4);
      Tensor dv = backend.full(5, 1, 3, 1, 4);
      backend.kernels().attentionBackward(out, q, k, k, out, backend.zeros(1, 2, 0), AttentionMask.NONE, 1, null, dk, dv);
      assertArrayEquals(new float[12], dk.toFloats());
      assertArrayEquals(new float[12], dv.toFloats());
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void copiesBetweenHostAndDeviceKeepTypeAndLength(String name) {
    try (Backend backend = Backend.named(name); Scope scope = backend.scope()) {
      Tensor ids = backend.tensor(new int[4], 4);
      Tensor floats = backend.zeros(4);
      refused("expected type F32", () -> backend.upload(FloatBuffer.allocate(4), ids));
      refused("expected type I32", () -> backend.upload(IntBuffer.allocate(4), floats));
      refused("at least 4 values", () -> backend.upload(FloatBuffer.allocate(3), floats));
      refused("at least 4 values", () -> backend.download(floats, FloatBuffer.allocate(3)));
      refused("expected type I32", () -> backend.download(floats, IntBuffer.allocate(4)));
    }
  }

  /** What the BLAS would read and write beyond: the process would die, or somebody else's numbers change. */
  @Test
  void theCpuBackendChecksWhatItHandsToTheBlas() {
    try (Backend backend = Backend.named("cpu"); Scope scope = backend.scope()) {
      Tensor small = backend.zeros(3, 4);
      Tensor large = backend.zeros(200, 300);
      refused("left operand", () -> backend.kernels().matmul(small, false, large, false, large, 1, 200, 300, 200, 1, 0));
      refused("right operand", () -> backend.kernels().matmul(large, false, small, false, large, 1, 200, 300, 200, 1, 0));
      refused("result", () -> backend.kernels().matmul(large, false, large, false, small, 1, 200, 200, 300, 1, 0));
      refused("result", () -> backend.kernels().matmul(large, false, large, false, large, 3, 100, 300, 10, 1, 0));
      refused("input", () -> backend.kernels().linear(small, large, null, large));
      Tensor q = backend.zeros(1, 70, 2, 8);
      Tensor lse = backend.zeros(1, 2, 70);
      refused("v is", () -> backend.kernels().attention(q, q, small, AttentionMask.NONE, 1, q, lse));
      refused("result", () -> backend.kernels().attention(q, q, q, AttentionMask.NONE, 1, small, lse));
    }
  }

  @Test
  void aTensorOfAnotherBackendIsNamed() {
    try (Backend cpu = Backend.named("cpu"); Backend nd4j = Backend.named("nd4j"); Scope one = cpu.scope(); Scope two = nd4j.scope()) {
      Tensor here = cpu.zeros(8, 8);
      Tensor there = nd4j.zeros(8, 8);
      refused("nd4j backend", () -> here.add(there));
      refused("nd4j backend", () -> here.matmul(there));
      refused("nd4j backend", () -> LinearMap.apply(here, there, null));
    }
  }

  @Test
  void aClosedBackendTakesNoMoreTensors() {
    Backend backend = Backend.named("cpu");
    Tensor late = backend.detached(DType.F32, 10);
    backend.close();
    assertTrue(assertThrows(IllegalStateException.class, () -> backend.zeros(3)).getMessage().contains("closed"));
    late.close();
    assertEquals(0, backend.liveBytes());
    backend.close();
  }
}

package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BackendProvider;
import io.llama3v.backend.Backends;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Recompute;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the tape records, what it keeps alive, and when memory comes back, on every backend that runs here. */
@SuppressWarnings("try")
class TapeTest {
  static Stream<String> backends() {
    return Backends.all().stream().filter(p -> p.unavailable().isEmpty()).map(BackendProvider::name);
  }

  /** Two linear layers with a GELU between, and memory that must be all returned when they close. */
  private static final class Model {
    final Backend backend;
    final Parameter first = new Parameter("first", Init.normal(0.5), 7, 5);
    final Parameter bias = new Parameter("bias", Init.normal(0.5), 7);
    final Parameter second = new Parameter("second", Init.normal(0.5), 3, 7);

    Model(Backend backend) {
      this.backend = backend;
      for (Parameter p : parameters()) p.initialize(backend, 1, p.name());
    }

    List<Parameter> parameters() {
      return List.of(first, bias, second);
    }

    Tensor block(Tensor x) {
      return Unary.apply(io.llama3v.backend.UnaryOp.GELU, LinearMap.apply(x, first, bias));
    }

    Tensor loss(Tensor hidden) {
      Tensor y = LinearMap.apply(hidden, second, null);
      return y.mul(y).mean();
    }
  }

  private static Tensor input(Backend backend) {
    float[] values = new float[20];
    for (int i = 0; i < values.length; i++) values[i] = (float) Math.sin(i);
    return backend.tensor(values, 4, 5);
  }

  private static void with(String name, Consumer<Model> test) {
    try (Backend backend = Backend.named(name)) {
      long before = backend.liveBytes();
      Model model = new Model(backend);
      long weights = backend.liveBytes();
      assertTrue(weights > before);
      test.accept(model);
      for (Parameter p : model.parameters()) p.clearGrad();
      assertEquals(weights, backend.liveBytes(), "only the weights are left");
      assertNull(backend.currentScope());
      assertNull(backend.currentTape());
      for (Parameter p : model.parameters()) p.close();
      assertEquals(before, backend.liveBytes());
      assertTrue(backend.peakBytes() > weights);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void everyTrainableParameterGetsAGradient(String name) {
    with(name, m -> {
      try (Tape tape = Tape.record(m.backend)) {
        Tensor loss = m.loss(m.block(input(m.backend)));
        int recorded = tape.size();
        tape.backward(loss);
        assertEquals(recorded, tape.backwardCalls());
        assertEquals(0, tape.size(), "backward consumes the tape");
        assertTrue(Double.isFinite(loss.item()), "the loss outlives backward");
      }
      for (Parameter p : m.parameters()) assertArrayEquals(p.shape(), p.grad().shape());
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void frozenParametersCostNothing(String name) {
    with(name, m -> {
      int allCalls;
      float[] gradient;
      try (Tape tape = Tape.record(m.backend)) {
        tape.backward(m.loss(m.block(input(m.backend))));
        allCalls = tape.backwardCalls();
        gradient = m.second.grad().toFloats();
      }
      for (Parameter p : m.parameters()) p.clearGrad();
      m.first.setTrainable(false);
      m.bias.setTrainable(false);
      try (Tape tape = Tape.record(m.backend)) {
        Tensor hidden = m.block(input(m.backend));
        assertEquals(0, tape.size(), "nothing is recorded before the first trainable parameter");
        tape.backward(m.loss(hidden));
        assertEquals(allCalls - 2, tape.backwardCalls());
      }
      assertNull(m.first.grad());
      assertNull(m.bias.grad());
      assertArrayEquals(gradient, m.second.grad().toFloats(), "the others' gradients do not change");

      m.second.setTrainable(false);
      assertNull(m.second.grad(), "freezing forgets the gradient");
      try (Tape tape = Tape.record(m.backend)) {
        Tensor loss = m.loss(m.block(input(m.backend)));
        assertEquals(0, tape.size());
        assertThrows(IllegalStateException.class, () -> tape.backward(loss));
      }
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aFrozenLayerBetweenPassesTheGradientOn(String name) {
    with(name, m -> {
      m.second.setTrainable(false);
      try (Tape tape = Tape.record(m.backend)) {
        tape.backward(m.loss(m.block(input(m.backend))));
      }
      assertNull(m.second.grad());
      assertNotNull(m.first.grad());
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void gradientsAddUp(String name) {
    with(name, m -> {
      for (int i = 0; i < 2; i++) {
        try (Tape tape = Tape.record(m.backend)) {
          tape.backward(m.loss(m.block(input(m.backend))));
        }
        if (i == 0) {
          float[] once = m.first.grad().toFloats();
          m.first.clearGrad();
          try (Tape tape = Tape.record(m.backend)) {
            tape.backward(m.loss(m.block(input(m.backend))));
          }
          assertArrayEquals(once, m.first.grad().toFloats(), "the same step gives the same gradient, bit for bit");
        }
      }
      float[] twice = m.first.grad().toFloats();
      m.first.clearGrad();
      try (Tape tape = Tape.record(m.backend)) {
        tape.backward(m.loss(m.block(input(m.backend))));
      }
      float[] once = m.first.grad().toFloats();
      for (int i = 0; i < once.length; i++) assertEquals(2 * once[i], twice[i], 1e-6);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void releasedTensorsRefuse(String name) {
    with(name, m -> {
      Tensor inside;
      Tensor kept;
      try (Scope outer = m.backend.scope()) {
        try (Scope scope = m.backend.scope()) {
          inside = m.block(input(m.backend));
          kept = scope.keep(inside.mul(2));
          assertSame(scope, m.backend.currentScope());
        }
        assertThrows(IllegalStateException.class, inside::toFloats);
        assertThrows(IllegalStateException.class, inside::array);
        assertThrows(IllegalStateException.class, () -> inside.mul(2));
        assertEquals(28, kept.toFloats().length);
        assertSame(outer, m.backend.currentScope());
      }
      assertThrows(IllegalStateException.class, kept::toFloats);

      Tensor hidden;
      Tensor survivor;
      try (Tape tape = Tape.record(m.backend)) {
        hidden = m.block(input(m.backend));
        Tensor copy = hidden.mul(1);
        survivor = copy;
        tape.backward(m.loss(copy));
        assertThrows(IllegalStateException.class, hidden::toFloats, "backward has consumed it");
        assertFalse(survivor.storage().isLive());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void scopesInsideATapeReleaseOnlyWhatBackwardDoesNotNeed(String name) {
    with(name, m -> {
      float[] plain;
      try (Tape tape = Tape.record(m.backend)) {
        tape.backward(m.loss(m.block(input(m.backend))));
        plain = m.first.grad().toFloats();
      }
      m.first.clearGrad();
      try (Tape tape = Tape.record(m.backend)) {
        Tensor hidden;
        try (Scope scope = m.backend.scope()) {
          hidden = scope.keep(m.block(input(m.backend)));
        }
        tape.backward(m.loss(hidden));
      }
      assertArrayEquals(plain, m.first.grad().toFloats());
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void recomputingGivesTheSameGradientsBitForBit(String name) {
    with(name, m -> {
      float[][] recorded = gradients(m, false);
      float[][] recomputed = gradients(m, true);
      for (int i = 0; i < recorded.length; i++) assertArrayEquals(recorded[i], recomputed[i]);
      for (Parameter p : List.of(m.first, m.bias)) p.setTrainable(false);
      float[][] frozen = gradients(m, true);
      assertNull(frozen[0]);
      assertNull(frozen[1]);
      assertArrayEquals(recorded[2], frozen[2]);
      assertArrayEquals(recorded[3], frozen[3], "the input's gradient passes through a frozen block");
    });
  }

  /** Gradients of the three parameters and of the input. */
  private static float[][] gradients(Model m, boolean recompute) {
    try (Tensor x = input(m.backend).requireGrad(true); Tape tape = Tape.record(m.backend)) {
      Tensor hidden = recompute ? Recompute.block(m.parameters(), in -> m.block(in[0]), x) : m.block(x);
      tape.backward(m.loss(hidden));
      float[][] result = new float[4][];
      for (int i = 0; i < 3; i++) {
        Parameter p = m.parameters().get(i);
        if (p.grad() != null) result[i] = p.grad().toFloats();
        p.clearGrad();
      }
      result[3] = x.grad().toFloats();
      return result;
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void recomputingKeepsFewerActivations(String name) {
    with(name, m -> {
      long[] live = new long[2];
      for (int i = 0; i < 2; i++) {
        boolean recompute = i == 1;
        try (Tape tape = Tape.record(m.backend)) {
          Tensor x = input(m.backend);
          try (Scope scope = m.backend.scope()) {
            for (int n = 0; n < 6; n++) {
              Tensor in = x;
              x = recompute ? Recompute.block(m.parameters(), t -> narrow(m, t[0]), in) : narrow(m, in);
            }
            scope.keep(x);
          }
          live[i] = m.backend.liveBytes();
          tape.backward(x.mul(x).sum());
        }
      }
      assertTrue(live[1] < live[0], live[1] + " bytes live with recomputation, " + live[0] + " without");
    });
  }

  private static Tensor narrow(Model m, Tensor x) {
    return MatMul.apply(m.block(x), false, m.first, false);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void withoutATapeNothingIsKept(String name) {
    with(name, m -> {
      try (Scope scope = m.backend.scope()) {
        assertFalse(m.loss(m.block(input(m.backend))).needsGrad());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aBackwardThatFailsGivesItsMemoryBack(String name) {
    with(name, model -> {
      Backend backend = model.backend;
      try (Tape tape = Tape.record(backend)) {
        Tensor hidden = model.block(input(backend));
        Tensor y = backend.empty(io.llama3v.tensor.DType.F32, hidden.shape());
        backend.kernels().copy(hidden, y);
        Tensor broken = Tape.note("broken", y, new Tensor[] {hidden}, new Tensor[] {hidden, y}, dy -> {
          throw new IllegalStateException("on purpose");
        });
        Tensor loss = model.loss(broken);
        assertEquals("on purpose", assertThrows(IllegalStateException.class, () -> tape.backward(loss)).getMessage());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aRecomputedBlockThatFailsInBackwardGivesItsMemoryBack(String name) {
    with(name, model -> {
      Backend backend = model.backend;
      int[] runs = {0};
      try (Tape tape = Tape.record(backend)) {
        Tensor hidden = Recompute.block(List.of(model.first, model.bias), in -> {
          Tensor y = model.block(in[0]);
          if (++runs[0] == 2) throw new IllegalStateException("on purpose");
          return y;
        }, input(backend).requireGrad(true));
        Tensor loss = model.loss(hidden);
        assertEquals("on purpose", assertThrows(IllegalStateException.class, () -> tape.backward(loss)).getMessage());
      }
      assertEquals(2, runs[0]);
    });
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aTensorClosedByHandDoesNotKeepTheOthersFromBeingReleased(String name) {
    with(name, model -> {
      Scope scope = model.backend.scope();
      Tensor first = input(model.backend);
      input(model.backend);
      first.close();
      assertTrue(assertThrows(IllegalStateException.class, scope::close).getMessage().contains("released"));
    });
  }
}

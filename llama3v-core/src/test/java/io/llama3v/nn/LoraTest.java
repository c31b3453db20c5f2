package io.llama3v.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class LoraTest {
  private static final float[] X = {0.5f, -1, 2, 1, 0, -0.25f};
  private Backend backend;
  private Net net;

  /** Two layers, one with a bias. */
  private static final class Net extends Module {
    final Linear in = child("block.0.q_proj", new Linear(3, 4, false, 0.5));
    final Linear out = child("block.0.fc", new Linear(4, 2, true, 0.5));

    Tensor forward(Tensor x) {
      return out.forward(in.forward(x));
    }
  }

  @BeforeEach
  void open() {
    backend = Backend.best();
    net = new Net();
    net.initialize(backend, 3);
  }

  @AfterEach
  void close() {
    net.close();
    assertEquals(0, backend.liveBytes(), "everything was released");
    backend.close();
  }

  private float[] run() {
    try (Scope scope = backend.scope()) {
      return net.forward(backend.tensor(X, 2, 3)).toFloats();
    }
  }

  @Test
  void changesNothingAtFirst() {
    float[] before = run();
    Lora.attach(net, name -> true, 2, 4, 5);
    assertArrayEquals(before, run(), 0);
  }

  @Test
  void aIsUniformWithinOneOverRootOfItsInputAndBZero() {
    Lora lora = Lora.attach(net, name -> name.endsWith("q_proj"), 100, 4, 5);
    float[] a = lora.parameters().get("block.0.q_proj.lora_A.weight").toFloats();
    double bound = 1 / Math.sqrt(3);
    double largest = 0;
    double mean = 0;
    for (float value : a) {
      largest = Math.max(largest, Math.abs(value));
      mean += value / a.length;
    }
    assertTrue(largest <= bound && largest > 0.95 * bound, "largest " + largest);
    assertEquals(0, mean, 0.1);
    assertArrayEquals(new float[400], lora.parameters().get("block.0.q_proj.lora_B.weight").toFloats());
  }

  @Test
  void addsScaledProductAndMergesIntoTheWeight() {
    Lora lora = Lora.attach(net, name -> name.equals("block.0.fc"), 2, 6, 5);
    Map<String, Parameter> p = lora.parameters();
    // B A with a factor of 6 / 2 = 3, by hand.
    float[] a = {1, 0, 2, 0, 0, -1, 0, 0.5f};
    float[] b = {1, 2, 0, -1};
    backend.upload(FloatBuffer.wrap(a), p.get("block.0.fc.lora_A.weight"));
    backend.upload(FloatBuffer.wrap(b), p.get("block.0.fc.lora_B.weight"));
    float[] product = {3, -6, 6, 3, 0, 3, 0, -1.5f};
    float[] weight = net.out.weight().toFloats();
    float[] adapted = run();
    lora.merge();
    float[] merged = net.out.weight().toFloats();
    for (int i = 0; i < 8; i++) assertEquals(weight[i] + product[i], merged[i], 1e-6);
    assertArrayEquals(adapted, run(), 1e-5f);
    assertEquals(Set.of("block.0.q_proj.weight", "block.0.fc.weight", "block.0.fc.bias"), net.parameters().keySet());
    assertTrue(net.out.weight().isTrainable() && net.out.bias().isTrainable(), "it trains again as before");
    assertNull(net.out.update());
  }

  @Test
  void theBaseIsFrozenAndOnlyUpdatesGetGradients() {
    net.in.weight().setTrainable(false);
    Lora lora = Lora.attach(net, name -> true, 2, 2, 5);
    try (Tape tape = Tape.record(backend)) {
      Tensor y = net.forward(backend.tensor(X, 2, 3));
      tape.backward(y.mul(y).sum());
    }
    net.parameters().forEach((name, parameter) -> {
      assertEquals(name.contains("lora_"), parameter.isTrainable(), name);
      assertEquals(name.contains("lora_"), parameter.grad() != null, name);
    });
    assertNotEquals(0, backend.kernels().sumOfSquares(net.parameters().get("block.0.fc.lora_B.weight").grad()));
    net.clearGrads();
    lora.detach();
    assertFalse(net.in.weight().isTrainable(), "was frozen before");
    assertTrue(net.out.weight().isTrainable(), "was trained before");
  }

  @Test
  void worksOnADeclaredModel() {
    try (Net declared = new Net()) {
      Lora lora = Lora.attach(declared, name -> name.endsWith("fc"), 8, 16, 1);
      assertEquals(8 * (4 + 2), lora.parameters().values().stream().mapToLong(Parameter::elements).sum());
    }
  }

  @Test
  void mistakesAreNamed() {
    String none = assertThrows(IllegalArgumentException.class, () -> Lora.attach(net, name -> false, 2, 2, 5)).getMessage();
    assertTrue(none.contains("none of 2") && none.contains("block.0.q_proj"), none);
    assertThrows(IllegalArgumentException.class, () -> Lora.attach(net, name -> true, 0, 2, 5));
    assertThrows(IllegalArgumentException.class, () -> Lora.attach(net, name -> true, 1, Double.NaN, 5));
    Lora.attach(net, name -> name.endsWith("fc"), 2, 2, 5);
    String twice = assertThrows(IllegalArgumentException.class, () -> Lora.attach(net, name -> true, 2, 2, 5)).getMessage();
    assertTrue(twice.contains("block.0.fc has an update already"), twice);
    assertNull(net.in.update(), "nothing is attached where something is wrong");
  }
}

package io.llama3v.train.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdamWTest {
  private Backend backend;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  @BeforeEach
  void open() {
    backend = Backend.named("nd4j");
    add("vision.proj.weight", 2, 3);
    add("vision.proj.bias", 3);
    add("text.mlp.gate_proj.weight", 2, 2);
    add("text.cross_attn_mlp_gate", 1);
    add("text.position_gate", 2, 2);
    add("text.ln_1.weight", 2, 2);
    add("logit_scale");
  }

  @AfterEach
  void close() {
    parameters.values().forEach(Parameter::close);
    backend.close();
  }

  private void add(String name, long... shape) {
    parameters.put(name, new Parameter(name, Init.ONES, shape).initialize(backend, 1, name));
  }

  private void gradient(String name, double value) {
    try (Tensor gradient = backend.full(value, parameters.get(name).shape())) {
      parameters.get(name).clearGrad();
      parameters.get(name).addGrad(gradient);
    }
  }

  @Test
  void decaySkipsBiasesNormsGatesAndTheTemperature() {
    try (AdamW optimizer = AdamW.over(parameters).weightDecay(0.1).build()) {
      List<String> decayed = parameters.keySet().stream().filter(name -> optimizer.weightDecay(name) > 0).toList();
      assertEquals(List.of("vision.proj.weight", "text.mlp.gate_proj.weight"), decayed);
    }
    try (AdamW optimizer = AdamW.over(parameters).weightDecay(0.1).decayRule(DecayRule.MATRICES).build()) {
      assertEquals(0.1, optimizer.weightDecay("text.ln_1.weight"));
      assertEquals(0, optimizer.weightDecay("logit_scale"));
    }
  }

  @Test
  void groupsHaveTheirOwnRateDecayAndSchedule() {
    try (AdamW optimizer = AdamW.over(parameters).schedule(Schedule.constant(1e-3)).weightDecay(0.1)
        .group(ParameterGroup.of("gates", "*_gate").rate(10))
        .group(ParameterGroup.of("vision", "vision.*").decay(0.5).schedule(Schedule.warmupLinear(1e-2, 10, 20))).build()) {
      assertEquals(Map.of("default", 1e-3, "gates", 1e-2, "vision", 5e-3), optimizer.learningRates(5));
      assertEquals(Map.of("default", 1e-3, "gates", 1e-2, "vision", 1e-2), optimizer.learningRates(10));
      assertEquals(0.5, optimizer.weightDecay("vision.proj.weight"));
      assertEquals(0, optimizer.weightDecay("vision.proj.bias"));
      assertEquals(0.1, optimizer.weightDecay("text.mlp.gate_proj.weight"));
      for (String name : parameters.keySet()) gradient(name, 1);
      optimizer.step(5);
      // The first update of Adam moves by the rate, whatever the gradient.
      assertEquals(1 - 1e-2, parameters.get("text.cross_attn_mlp_gate").item(), 1e-6);
      assertEquals(1 - 5e-3, parameters.get("vision.proj.bias").toFloats()[0], 1e-6);
      assertEquals((1 - 5e-3 * 0.5) - 5e-3, parameters.get("vision.proj.weight").toFloats()[0], 1e-6);
      assertEquals(1 - 1e-3, parameters.get("logit_scale").item(), 1e-6);
    }
  }

  @Test
  void frozenParametersHaveNoState() {
    parameters.get("vision.proj.weight").setTrainable(false);
    long before = backend.liveBytes();
    try (AdamW optimizer = AdamW.over(parameters).build()) {
      Set<String> names = optimizer.moments().keySet();
      assertFalse(names.contains("exp_avg.vision.proj.weight"));
      assertEquals(12, names.size());
      assertFalse(optimizer.parameters().containsKey("vision.proj.weight"));
    }
    assertEquals(before, backend.liveBytes());
    parameters.values().forEach(parameter -> parameter.setTrainable(false));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> AdamW.over(parameters).build()).getMessage().contains("unfreeze"));
  }

  @Test
  void aParameterWithoutAGradientIsLeftAsItIs() {
    try (AdamW optimizer = AdamW.over(parameters).weightDecay(0.1).build()) {
      gradient("vision.proj.bias", 1);
      float[] before = parameters.get("vision.proj.weight").toFloats();
      optimizer.step(0);
      assertArrayEquals(before, parameters.get("vision.proj.weight").toFloats());
      assertEquals(0, optimizer.updates().get("vision.proj.weight"));
      assertEquals(1, optimizer.updates().get("vision.proj.bias"));
    }
  }

  @Test
  void normIsGlobalAndFindsWhatIsNotFinite() {
    gradient("vision.proj.bias", 3);          // 27
    gradient("logit_scale", 3);               // 9
    GradientNorm norm = new GradientClipping(2).measure(parameters.values());
    assertEquals(6, norm.norm(), 1e-12);
    assertEquals(2 / 6.000001, norm.scale(), 1e-12);
    assertEquals(2, norm.tensors());
    assertTrue(norm.finite());
    assertEquals(1, GradientClipping.NONE.measure(parameters.values()).scale());
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      gradient("logit_scale", bad);
      assertFalse(GradientClipping.NONE.measure(parameters.values()).finite());
    }
  }

  @Test
  void wrongSettingsSayWhatToDo() {
    String message = assertThrows(IllegalArgumentException.class,
        () -> AdamW.over(parameters).group(ParameterGroup.of("gates", "*.gaet")).build()).getMessage();
    assertTrue(message.contains("gates") && message.contains("*.gaet") && message.contains("vision.proj.weight"), message);
    assertThrows(IllegalArgumentException.class, () -> AdamW.over(parameters).betas(0.9, 1));
    assertThrows(IllegalArgumentException.class, () -> new GradientClipping(0));
    assertThrows(IllegalArgumentException.class, () -> new Ema(parameters, 1));
    try (AdamW optimizer = AdamW.over(parameters).build()) {
      assertTrue(assertThrows(IllegalArgumentException.class, () -> optimizer.restoreUpdates(Map.of("x", 1L))).getMessage().contains("x"));
    }
  }

  @Test
  void clampPutsParametersBackIntoTheirBounds() {
    Parameter scale = parameters.get("logit_scale");
    backend.upload(FloatBuffer.wrap(new float[] {4.7f}), scale);
    Constraints.clampLogitScale(scale);
    assertEquals(4.605170249938965f, scale.toFloats()[0]);
    backend.upload(FloatBuffer.wrap(new float[] {-1}), scale);
    Constraints.clampLogitScale(scale);
    assertEquals(0, scale.toFloats()[0]);
    assertEquals("[1.0, 1.0, 1.0]", Arrays.toString(parameters.get("vision.proj.bias").toFloats()));
  }
}

package io.llama3v.train.soup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsType;
import io.llama3v.io.SafetensorsWriter;
import io.llama3v.io.SafetensorsWriter.Entry;
import io.llama3v.io.ShardedWeights;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AveragerTest {
  private Backend backend;
  @TempDir Path folder;

  @BeforeEach
  void open() {
    backend = Backend.best();
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private Parameter parameter(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) floats[i] = (float) values[i];
    Parameter parameter = new Parameter("w", Init.ZEROS, values.length).allocate(backend);
    backend.upload(FloatBuffer.wrap(floats), parameter);
    return parameter;
  }

  private static ModuleWeights source(String name, Parameter weights) {
    return new ModuleWeights(name, Map.of("w", weights));
  }

  @Test
  void uniformMeanOfModules() throws IOException {
    try (Parameter a = parameter(1, 0.1, 1e8); Parameter b = parameter(2, 0.1, 1); Parameter c = parameter(6, 0.1, -1e8);
        Parameter target = parameter(0, 0, 0)) {
      SoupReport report = Averager.uniform(List.of(source("a", a), source("b", b), source("c", c)), Map.of("w", target));
      // In single precision 1e8 + 1 - 1e8 would be 0.
      assertArrayEquals(new float[] {3, 0.1f, 1 / 3f}, target.toFloats());
      assertEquals(List.of("a", "b", "c"), report.included());
    }
  }

  @Test
  void greedyKeepsWhatHelps() throws IOException {
    try (Parameter good = parameter(1.5); Parameter bad = parameter(9); Parameter other = parameter(0); Parameter target = parameter(7)) {
      // The best possible weight is 1: good and other average to 0.75, nearer than 1.5; with bad it gets worse.
      SoupReport report = Averager.greedy(List.of(source("bad", bad), source("other", other), source("good", good)), Map.of("w", target),
          () -> -Math.abs(target.toFloats()[0] - 1));
      assertEquals(List.of("good", "other"), report.included());
      assertEquals(List.of("good", "other", "bad"), report.ingredients().stream().map(SoupReport.Ingredient::name).toList());
      assertEquals(-8, report.ingredients().get(2).score(), 1e-6);
      assertEquals(-0.25, report.score(), 1e-6);
      assertEquals(0.75f, target.toFloats()[0]);
      assertThrows(IllegalArgumentException.class,
          () -> Averager.greedy(List.of(source("good", good)), Map.of("w", target), () -> Double.NaN));
    }
  }

  private Path model(String name, String config, SafetensorsType type, float... values) throws IOException {
    Path model = Files.createDirectories(folder.resolve(name));
    SafetensorsWriter.write(model.resolve("model.safetensors"), List.of(Entry.ofFloats("w", type, new long[] {values.length}, values),
        Entry.ofLongs("ids", SafetensorsType.I64, new long[] {2}, new long[] {0, 1})));
    Files.writeString(model.resolve("config.json"), config);
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    Files.writeString(model.resolve("done.json"), "{}");
    return model;
  }

  @Test
  void foldersGiveAFolder() throws IOException {
    Path a = model("a", "{\"x\": 1}", SafetensorsType.BF16, 1, 2);
    Path b = model("b", "{ \"x\": 1 }", SafetensorsType.BF16, 3, 5);
    Path out = folder.resolve("soup");
    assertEquals(List.of(a.toString(), b.toString()), Averager.uniform(List.of(a, b), out).included());
    try (ShardedWeights soup = ShardedWeights.open(out)) {
      assertArrayEquals(new float[] {2, 3.5f}, soup.readFloats("w"));
      assertArrayEquals(new long[] {0, 1}, soup.readLongs("ids"));
      assertEquals(SafetensorsType.BF16, soup.info("w").dtype());
    }
    assertTrue(Files.exists(out.resolve("tokenizer.json")));
    assertFalse(Files.exists(out.resolve("done.json")), "what a stage noted about one ingredient says nothing about the soup");
    assertThrows(FileAlreadyExistsException.class, () -> Averager.uniform(List.of(a, b), out));
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path a = model("a", "{}", SafetensorsType.F32, 1, 2);
    Path longer = model("longer", "{}", SafetensorsType.F32, 1, 2, 3);
    Path other = model("other", "{\"layers\": 2}", SafetensorsType.F32, 1, 2);
    Path out = folder.resolve("soup");
    assertTrue(assertThrows(IllegalArgumentException.class, () -> Averager.uniform(List.of(a, longer), out)).getMessage().contains("longer"));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> Averager.uniform(List.of(a, other), out)).getMessage().contains("config.json"));
    assertThrows(IllegalArgumentException.class, () -> Averager.uniform(List.of(), out));
    assertFalse(Files.exists(out));
    try (var files = Files.list(folder)) {
      assertEquals(3, files.count(), "no temporary folder is left");
    }
  }
}

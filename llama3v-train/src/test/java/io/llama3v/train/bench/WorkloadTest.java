package io.llama3v.train.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.backend.meta.MetaBackend;
import io.llama3v.backend.nd4j.Nd4jBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
  @TempDir
  private Path folder;

  private static Map<String, Workload> workloads() throws IOException {
    return WorkloadFile.read(Path.of("../examples/bench/workloads.json"));
  }

  @Test
  void modelsHaveTheSizesOfThePyTorchSide() throws IOException {
    Map<String, Workload> all = workloads();
    assertEquals(List.of("clip", "lm", "adapter", "generate"), List.copyOf(all.keySet()));
    try (MetaBackend meta = new MetaBackend(); Workload.Session clip = all.get("clip").open(meta);
        Workload.Session lm = all.get("lm").open(meta); Workload.Session adapter = all.get("adapter").open(meta)) {
      // What the same models have in PyTorch.
      assertEquals(28_685_825, clip.parameters());
      assertEquals(30_941_696, lm.parameters());
      assertEquals(30_941_696, adapter.parameters() - adapter.trained());
      // Position tables differ: there two of [4, 320] and [4, 65, 320]; here two of [2, 4, 320] and [2, 4, 65, 320], and three gates.
      assertEquals(19_235_080 - (2 + 65) * 4 * 320 + 2 * (2 + 65) * 4 * 320 + 3, adapter.trained());
    }
  }

  @Test
  void operationsOfALanguageModelStep() throws IOException {
    // Weights of a block: 2 of 512x512, 2 of 512x128, 3 of 512x1408; the head 512x8192 on 255 of 256 positions; causal pairs 256·257/2.
    double block = 2 * 512 * 512 + 2 * 512 * 128 + 3 * 512 * 1408;
    double expected = 6 * 8 * (8 * block * 256 + 512.0 * 8192 * 255) + 3 * 8 * 8 * (4.0 * 256 * 257 / 2 * 512);
    assertEquals(expected, StepCost.of(workloads().get("lm")).operations());
  }

  @Test
  void floorIsTheSlowerOfOperationsAndWeights() {
    Ceilings ceilings = new Ceilings(100, 10);
    assertEquals(4, new StepCost(800, 0).floor(ceilings, 2));
    assertEquals(50, new StepCost(800, 500).floor(ceilings, 2));
  }

  @Test
  void everyKindRunsAndIsMeasured() throws IOException {
    Path file = folder.resolve("small.json");
    Files.writeString(file, """
        {"clip": {"batch": 2, "embed": 8, "vision": {"width": 8, "layers": 1, "heads": 2, "mlp": 16, "patch": 4, "image": 8, "act": "gelu"},
                  "text": {"width": 8, "layers": 1, "heads": 2, "mlp": 16, "context": 5, "vocab": 20, "act": "gelu"}},
         "lm": {"batch": 2, "seq": 6, "lm": {"width": 8, "layers": 1, "heads": 2, "kv_heads": 1, "mlp": 16, "vocab": 20}},
         "adapter": {"batch": 2, "seq": 6, "tiles": 2,
                  "vision": {"width": 8, "layers": 2, "global_layers": 1, "heads": 2, "mlp": 16, "patch": 4, "image": 8, "features": [1]},
                  "lm": {"width": 8, "layers": 2, "heads": 2, "kv_heads": 1, "mlp": 16, "vocab": 20, "cross_before": [1]}},
         "generate": {"prompt": 3, "new": 2}}
        """);
    try (Backend backend = new Nd4jBackend()) {
      for (Workload workload : WorkloadFile.read(file).values()) {
        long live = backend.liveBytes();
        try (Workload.Session session = workload.open(backend)) {
          session.step();
          session.step();
          assertTrue(session.parameters() > 0);
        }
        assertEquals(live, backend.liveBytes(), workload.name() + " keeps memory");
        assertTrue(StepCost.of(workload).operations() > 0);
      }
    }
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Path file = folder.resolve("bad.json");
    Files.writeString(file, "{\"lm\": {\"batch\": 2, \"lm\": {}}}");
    String message = assertThrows(IllegalArgumentException.class, () -> WorkloadFile.read(file)).getMessage();
    assertTrue(message.contains("bad.json: lm: lm: 'vocab'") || message.contains("'width'"), message);
  }

  @Test
  void medianOfEvenAndOddCounts() {
    assertEquals(2, Benchmark.median(new double[] {9, 1, 2}));
    assertEquals(3, Benchmark.median(new double[] {9, 4, 1, 2}));
  }
}

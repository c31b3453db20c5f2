package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.io.SafetensorsType;
import io.llama3v.io.SafetensorsWriter;
import io.llama3v.io.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect} on a safetensors file, a model and a shard. */
class InspectTest {
  @TempDir
  Path folder;

  @Test
  void safetensorsFile() throws IOException {
    Path file = folder.resolve("x.safetensors");
    SafetensorsWriter.write(file, List.of(Entry.ofLongs("counts", SafetensorsType.I64, new long[] {2}, new long[] {1, 2}),
        Entry.ofLongs("model.table", SafetensorsType.I64, new long[] {2, 1}, new long[] {3, 4})));
    Run run = Run.of("inspect", file);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("model.table  I64    [2, 1]"), run.out());
    assertTrue(run.out().lines().anyMatch(line -> line.matches("total +2 +4 +0\\.0")), run.out());
    assertFalse(Run.of("inspect", file, "--summary").out().contains("[2, 1]"));
    assertEquals(2, Run.of("inspect", file, "--sample", "0").code());
  }

  @Test
  void damagedFileIsOneMessage() throws IOException {
    Path file = Files.write(folder.resolve("bad.safetensors"), new byte[] {1, 2, 3});
    Run run = Run.of("inspect", file);
    assertEquals(1, run.code());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains("bad.safetensors"), run.err());
  }

  @Test
  void modelSaysWhatIsTrained() throws IOException {
    try (Backend backend = Backend.best()) {
      TinyModels.run(backend, folder);
    }
    Run run = Run.of("inspect", folder.resolve("sft/soup"));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("MllamaForConditionalGeneration"), run.out());
    assertTrue(line(run, "language_model.model.layers.3.cross_attn_attn_gate").endsWith("train"), run.out());
    assertTrue(line(run, "language_model.model.layers.0.mlp.up_proj.weight").endsWith("frozen"), run.out());
  }

  @Test
  void shardAndOneSampleAsAStageSeesIt() throws IOException {
    try (Backend backend = Backend.best()) {
      TinyModels.write(backend, folder.resolve("run/language-model"), folder.resolve("run/clip"));
    }
    Path shard = shard();
    Run list = Run.of("inspect", shard);
    assertEquals(0, list.code(), list.err());
    assertTrue(list.out().contains("40x16 PNG"), list.out());
    assertTrue(list.out().contains("a red car"), list.out());
    assertTrue(list.out().contains("1 samples in 1 shard; nothing left out"), list.out());

    Path config = Files.writeString(folder.resolve("c.yaml"), "run: " + folder.resolve("run") + "\nstages: [adapter]\n"
        + "clip: {load: clip}\nlanguage_model: {training: {steps: 1, batch_size: 1, learning_rate: 1}}\n"
        + "adapter: {tile_size: 16, tiles: 4, training: {steps: 1, batch_size: 1, learning_rate: 1}}\n");
    Run sample = Run.of("inspect", shard, "--sample", "0", "--config", config);
    assertEquals(0, sample.code(), sample.err());
    assertTrue(sample.out().contains("<|image|>"), sample.out());
    assertTrue(sample.out().contains("picture 40x16, resized to 40x16 on a canvas of 48x16: 1 x 3 tiles"), sample.out());
    assertTrue(sample.out().contains("|  0 |  1 |  2 |"), sample.out());
    Run tuned = Run.of("inspect", shard, "--sample", "0", "--config", config, "--stage", "sft", "--set",
        "sft={max_tokens: 6, schedules: {tile_size: {at: {0: 24}}}, training: {steps: 1, batch_size: 1, learning_rate: 1}}");
    assertTrue(tuned.out().contains("tiles (high x wide) of 24 pixels"), tuned.out() + tuned.err());
    assertEquals(2, Run.of("inspect", shard, "--sample", "0", "--config", config, "--stage", "annealing").code(), "it has no such section");
    assertEquals(2, Run.of("inspect", shard, "--sample", "1").code());
    assertEquals(2, Run.of("inspect", shard, "--config", config).code());
    assertEquals(2, Run.of("inspect", shard, "--sample", "0", "--config", config, "--stage", "clip").code());
  }

  @Test
  void aShardWithoutAWholeSampleIsAnError() throws IOException {
    Path noTar = Files.write(folder.resolve("no.tar"), "this is no tar header".repeat(100).getBytes(StandardCharsets.UTF_8));
    Run damaged = Run.of("inspect", noTar);
    assertEquals(1, damaged.code());
    assertTrue(damaged.out().contains("left out: damaged archive") && damaged.out().contains("no.tar at byte 0"), damaged.out());
    assertTrue(damaged.err().contains("no.tar holds no whole sample"), damaged.err());
    Run empty = Run.of("inspect", Files.write(folder.resolve("empty.tar"), new byte[1024]));
    assertEquals(1, empty.code());
    assertTrue(empty.err().contains("empty.tar holds no whole sample: a sample is"), empty.err());
    assertTrue(Run.of("inspect", noTar, "--sample", "0").err().contains("has no whole sample"));
  }

  private Path shard() throws IOException {
    byte[] png = Files.readAllBytes(TinyModels.picture(folder.resolve("p.png"), 40, 16));
    try (TarShardWriter writer = new TarShardWriter(folder, "s", 10, 1 << 20)) {
      writer.write(new Sample("a/1", Map.of("png", png, "txt", "a red car".getBytes(StandardCharsets.UTF_8),
          "json", "{\"captions\": [\"a red car\"]}".getBytes(StandardCharsets.UTF_8))));
    }
    return folder.resolve("s-000000.tar");
  }

  private static String line(Run run, String name) {
    return run.out().lines().filter(line -> line.startsWith(name + " ")).findFirst().orElse("");
  }
}

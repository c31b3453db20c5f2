package io.llama3v.train.exact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Hashes of all that a run's numbers depend on or consist of: final weights, tokenizer, the newest checkpoint of every stage (weights,
 * moments, moving average, counters, position of the data), the log of metrics, what each stage finished under, scores and answers.
 * What the clock decides is left out, and nothing else.
 */
final class RunDigest {
  private static final Set<String> CLOCK = Set.of("images_per_second", "tokens_per_second", "wait_fraction", "memory_bytes");
  private static final Set<String> LEFT_OUT = Set.of("provenance.json", "stages.json", "manifest.json", "metrics.jsonl");

  private RunDigest() {}

  static Map<String, String> of(Path run) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        String path = run.relativize(file).toString().replace('\\', '/');
        boolean tensors = name.endsWith(".safetensors");
        if (!tensors && !name.endsWith(".json") && !name.endsWith(".jsonl") || LEFT_OUT.contains(name) || older(file)) continue;
        hashes.put(path, name.endsWith(".json") ? Digests.sha256(timeless(Json.read(file))) : Digests.sha256(file));
      }
    }
    StringBuilder metrics = new StringBuilder();
    for (MetricsRecord line : MetricsLog.read(run.resolve("metrics.jsonl"))) {
      Map<String, Double> values = new LinkedHashMap<>(line.values());
      values.keySet().removeAll(CLOCK);
      metrics.append(new MetricsRecord(line.stage(), line.step(), 0, values, line.samples())).append('\n');
    }
    hashes.put("metrics.jsonl", Digests.sha256(metrics.toString()));
    return hashes;
  }

  /** True of files in checkpoints before the newest: how many are left depends on where a run was killed. */
  private static boolean older(Path file) throws IOException {
    Path step = file.getParent();
    Path folder = step.getParent();
    if (!folder.getFileName().toString().equals("checkpoints")) return false;
    return !step.getFileName().toString().equals("step_" + new CheckpointStore(folder, 1).steps().get(0));
  }

  private static String timeless(JsonNode json) {
    if (json instanceof ObjectNode object) object.remove("seconds");
    return json.toString();
  }
}

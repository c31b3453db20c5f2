package io.llama3v.train.parity;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.train.loop.OptimizerParity;
import io.llama3v.train.loop.TrainParity;
import io.llama3v.vision.clip.ClipParity;
import io.llama3v.vision.image.ImageParity;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Runs folders of reference values through our models and prints one line a case:
 * {@code PASS|FAIL|SKIP case, worst tensor, error, tolerance}. A folder's kind is told by what lies in it, not by its name; a folder
 * of folders stands for those in it.
 */
public final class Parity {
  private final Backend backend;
  private final PrintStream out;
  private int passed;
  private int failed;
  private int skipped;

  private Parity(Backend backend, PrintStream out) {
    this.backend = backend;
    this.out = out;
  }

  /**
   * Runs every folder. Plain files among {@code folders}, which a shell's {@code *} brings along, are passed over.
   *
   * @return the exit code: 0 if nothing failed and something passed, else 1
   */
  public static int run(List<Path> folders, Backend backend, PrintStream out) {
    Parity parity = new Parity(backend, out);
    for (Path folder : folders) {
      if (!Files.isRegularFile(folder)) parity.folder(folder);
    }
    out.printf(Locale.ROOT, "%d passed, %d failed, %d skipped on %s%n", parity.passed, parity.failed, parity.skipped, backend.name());
    return parity.failed == 0 && parity.passed > 0 ? 0 : 1;
  }

  private interface Kind {
    List<ParityResult> run(Path folder, Backend backend) throws IOException;
  }

  private void folder(Path folder) {
    String name = folder.toAbsolutePath().normalize().getFileName() == null ? folder.toString()
        : folder.toAbsolutePath().normalize().getFileName().toString();
    try {
      if (!Files.isDirectory(folder)) {
        fail(name, "no such folder: " + folder);
        return;
      }
      Kind kind = kind(folder);
      if (kind != null) {
        for (ParityResult result : kind.run(folder, backend)) print(result);
      } else if (isFlamingo(folder)) {
        skipped++;
        out.printf("SKIP %-38s video aggregator: not part of this version%n", name);
      } else {
        List<Path> inside = cases(folder);
        if (inside.isEmpty()) {
          fail(name, "not a case: expected config.json of a clip, llama or mllama model with io.safetensors or cases/, open_clip_config.json, "
              + "expected.safetensors, posembed.safetensors, optim.safetensors or final.safetensors");
        }
        inside.forEach(this::folder);
      }
    } catch (IOException | RuntimeException broken) {
      fail(name, broken.getClass().getSimpleName() + ": " + broken.getMessage());
    }
  }

  private static Kind kind(Path folder) throws IOException {
    if (OptimizerParity.recognises(folder)) return OptimizerParity::run;
    if (TrainParity.recognises(folder)) return TrainParity::run;
    if (ImageParity.accepts(folder)) return (f, b) -> ImageParity.run(f);
    if (MllamaParity.recognises(folder)) return MllamaParity::run;
    if (LlamaParity.recognises(folder)) return LlamaParity::run;
    if (ClipParity.recognises(folder)) return ClipParity::run;
    return null;
  }

  private static boolean isFlamingo(Path folder) throws IOException {
    Path file = folder.resolve("case.json");
    if (!Files.exists(file)) return false;
    JsonNode description = Json.read(file);
    return description.path("reference").asText().contains("open_flamingo") || description.path("config").has("num_latents");
  }

  private static List<Path> cases(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> sorted = entries.filter(Files::isDirectory).sorted().toList();
      for (Path one : sorted) if (kind(one) != null || isFlamingo(one)) return sorted;
      return List.of();
    }
  }

  private void print(ParityResult result) {
    if (result.passed()) passed++;
    else failed++;
    out.printf(Locale.ROOT, "%s %-38s %-72s %.2e  %.2e%n", result.passed() ? "PASS" : "FAIL", result.name(), result.worst(), result.error(),
        result.tolerance());
  }

  private void fail(String name, String reason) {
    failed++;
    out.printf("FAIL %-38s %s%n", name, reason);
  }
}

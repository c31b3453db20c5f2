package io.llama3v.train.parity;

import io.llama3v.adapter.MaskRule;
import io.llama3v.adapter.MetaMllamaLayout;
import io.llama3v.adapter.MetaTileGrid;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.TextBatch;
import io.llama3v.llama.LlamaModel;
import io.llama3v.nn.Weights;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The same vision-language model in other files, bit for bit: shards, Meta's layout, our own export, and the plain Llama inside. */
final class MllamaWeightForms {
  private static final String META_WEIGHTS = "meta_format_weights.safetensors";

  private MllamaWeightForms() {}

  static List<ParityResult> compare(String name, Path folder, VisionLanguageModel model, Backend backend) throws IOException {
    List<ParityResult> results = new ArrayList<>();
    if (Files.isDirectory(folder.resolve("sharded"))) {
      try (VisionLanguageModel sharded = VisionLanguageModel.load(backend, folder.resolve("sharded"))) {
        results.add(equal(name + "/sharded", model, sharded, false));
      }
    }
    if (Files.exists(folder.resolve(META_WEIGHTS))) {
      try (VisionLanguageModel meta = new VisionLanguageModel(model.config());
          WeightSource source = SafetensorsFile.open(folder.resolve(META_WEIGHTS))) {
        Weights.load(meta, backend, source, new MetaMllamaLayout(model.config()));
        results.add(equal(name + "/meta-weights", model, meta, true));
      }
    }
    results.add(exported(name + "/export", model, backend));
    results.add(plainLlama(name + "/text-only", model, backend));
    return results;
  }

  /**
   * Compares every parameter.
   *
   * @param absentRowsZero whether row 0 of a table of tile embeddings, which belongs to no image, must be zero in {@code other}
   */
  private static ParityResult equal(String name, VisionLanguageModel model, VisionLanguageModel other, boolean absentRowsZero) {
    Exact exact = new Exact(name);
    Map<String, Parameter> others = other.parameters();
    model.parameters().forEach((parameter, value) -> {
      float[] expected = value.toFloats();
      if (absentRowsZero && MetaMllamaLayout.isTileTable(parameter)) Arrays.fill(expected, 0, (int) value.size(1), 0f);
      exact.compare(parameter, expected, others.get(parameter).toFloats());
    });
    return exact.result();
  }

  /** Export, import and export again: the files of both exports are equal, and so are the weights. */
  private static ParityResult exported(String name, VisionLanguageModel model, Backend backend) throws IOException {
    Exact exact = new Exact(name);
    Path work = Files.createTempDirectory("llama3v-parity");
    try {
      model.save(work.resolve("first"));
      try (VisionLanguageModel again = VisionLanguageModel.load(backend, work.resolve("first"))) {
        again.save(work.resolve("second"));
        Map<String, Parameter> others = again.parameters();
        model.parameters().forEach((parameter, value) -> exact.compare(parameter, value.toFloats(), others.get(parameter).toFloats()));
      }
      TreeSet<String> files = new TreeSet<>(names(work.resolve("first")));
      files.addAll(names(work.resolve("second")));
      for (String file : files) {
        Path first = work.resolve("first").resolve(file);
        Path second = work.resolve("second").resolve(file);
        exact.require(file, Files.exists(first) && Files.exists(second) && Files.mismatch(first, second) < 0);
      }
    } finally {
      try (Stream<Path> all = Files.walk(work)) {
        for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(path);
      }
    }
    return exact.result();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  /** Without images, logits are those of a plain Llama with the same weights. */
  private static ParityResult plainLlama(String name, VisionLanguageModel model, Backend backend) {
    Exact exact = new Exact(name);
    int[] ids = new int[Math.min(16, model.config().text().vocabSize())];
    for (int i = 0; i < ids.length; i++) ids[i] = (7 * i + 3) % model.config().text().vocabSize();
    try (LlamaModel llama = PlainLlama.of(model, backend)) {
      for (MaskRule rule : MaskRule.values()) {
        try (Scope scope = backend.scope()) {
          TextBatch text = TextBatch.of(ids);
          exact.compare("logits (" + rule + ")", llama.logits(text).toFloats(), model.setMaskRule(rule).logits(text, null).toFloats());
          scope.backend().synchronize();
        }
      }
    }
    return exact.result();
  }
}

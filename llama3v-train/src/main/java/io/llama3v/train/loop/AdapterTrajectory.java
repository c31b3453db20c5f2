package io.llama3v.train.loop;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.ImageBatch;
import io.llama3v.adapter.MaskRule;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Scope;
import io.llama3v.train.checkpoint.FrozenWeights;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.DecayRule;
import io.llama3v.train.optim.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Training of image adapters and encoder on a frozen language model, one batch of a case a step: losses, gradient norms, rates,
 * losses after the last step, and the final weights; the language model must come out as it went in.
 */
final class AdapterTrajectory {
  private record Batch(TextBatch text, ImageBatch images) {}

  private AdapterTrajectory() {}

  static void run(Path start, JsonNode settings, JsonNode log, String name, WeightSource end, Backend backend, Tally tally)
      throws IOException {
    JsonNode steps = log.get("steps");
    Map<String, Batch> batches = new LinkedHashMap<>();
    Set<String> cases = new LinkedHashSet<>();
    steps.forEach(step -> cases.add(step.get("case").asText()));
    log.get("final_eval_loss").fieldNames().forEachRemaining(cases::add);
    for (String c : cases) batches.put(c, read(start.resolve("cases").resolve(c).resolve("io.safetensors")));
    try (VisionLanguageModel model = VisionLanguageModel.load(backend, start)) {
      // The reference is Hugging Face's model with its own rule, unless the name says that it was given Meta's.
      model.setMaskRule(name.contains("meta_rule") ? MaskRule.META : MaskRule.HUGGING_FACE).freezeLanguageModel();
      String frozen = FrozenWeights.of(model.parameters(), null).sha256();
      Task<Batch> task = Task.of((b, normalizer) -> model.loss(b.text(), b.images(), normalizer), b -> b.text().counted());
      try (AdamW optimizer = AdamW.over(model.parameters())
          .schedule(Schedule.warmupCosine(settings.get("lr").asDouble(), settings.get("warm").asLong(), settings.get("total").asLong()))
          .betas(settings.get("betas").get(0).asDouble(), settings.get("betas").get(1).asDouble())
          .epsilon(settings.get("eps").asDouble()).weightDecay(settings.get("wd").asDouble()).decayRule(DecayRule.MATRICES).build()) {
        tally.number("trained tensors", log.get("n_trainable_tensors").asDouble(), optimizer.parameters().size(), 0);
        BatchSource<Batch> source = BatchSource.generate(i -> batches.get(steps.get((int) i).get("case").asText()));
        TrainingLoop.of(name, optimizer, task, source).steps(steps.size()).clip(settings.get("clip").asDouble())
            .every(1, step -> compare(tally, steps.get((int) step.step() - 1), step)).build().run();
      }
      for (Map.Entry<String, JsonNode> expected : log.get("final_eval_loss").properties()) {
        try (Scope scope = backend.scope()) {
          Batch batch = batches.get(expected.getKey());
          double loss = model.loss(batch.text(), batch.images(), batch.text().counted()).item();
          tally.number("final loss of " + expected.getKey(), expected.getValue().asDouble(), loss,
              TrainParity.RELATIVE * Math.abs(expected.getValue().asDouble()));
          scope.backend().synchronize();
        }
      }
      boolean unchanged = frozen.equals(FrozenWeights.of(model.parameters(), null).sha256());
      tally.number("language model changed", 0, unchanged ? 0 : 1, 0);
      TrainParity.compareFinal(tally, name, end, model.parameters(), log);
    }
  }

  private static void compare(Tally tally, JsonNode expected, StepContext step) {
    String at = "step " + step.step() + " (" + expected.get("case").asText() + ") ";
    double loss = expected.get("loss").asDouble();
    double norm = expected.get("grad_norm").asDouble();
    tally.number(at + "loss", loss, step.loss(), TrainParity.RELATIVE * Math.abs(loss));
    tally.number(at + "gradient norm", norm, step.gradientNorm(), TrainParity.RELATIVE * norm);
    tally.number(at + "rate", expected.get("lr").asDouble(), step.learningRate(), 1e-12);
  }

  private static Batch read(Path file) throws IOException {
    try (WeightSource io = SafetensorsFile.open(file)) {
      long[] text = io.info("in.input_ids").shape();
      return new Batch(new TextBatch((int) text[0], (int) text[1], ints(io.readLongs("in.input_ids")), ints(io.readLongs("in.labels")),
          floats(io.readLongs("in.attention_mask")), null), io.contains("in.pixel_values") ? images(io) : null);
    }
  }

  private static ImageBatch images(WeightSource io) throws IOException {
    long[] shape = io.info("in.pixel_values").shape();
    int rows = (int) shape[0];
    int images = (int) shape[1];
    int tiles = (int) shape[2];
    int[][] ratios = new int[rows][images];
    int[][] counts = new int[rows][images];
    long[] ids = io.readLongs("in.aspect_ratio_ids");
    long[] mask = io.readLongs("in.aspect_ratio_mask");
    for (int i = 0; i < ids.length; i++) {
      ratios[i / images][i % images] = (int) ids[i];
      for (int t = 0; t < tiles; t++) counts[i / images][i % images] += (int) mask[i * tiles + t];
    }
    return new ImageBatch(rows, images, tiles, (int) shape[4], io.readFloats("in.pixel_values"), ratios, counts,
        floats(io.readLongs("in.cross_attention_mask")));
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }

  private static float[] floats(long[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) floats[i] = values[i];
    return floats;
  }
}

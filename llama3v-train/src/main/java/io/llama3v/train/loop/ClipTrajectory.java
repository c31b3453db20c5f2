package io.llama3v.train.loop;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Constraints;
import io.llama3v.train.optim.DecayRule;
import io.llama3v.train.optim.Schedule;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Contrastive training on one batch with the schedule of OpenCLIP and the clamp of {@code logit_scale}: losses, rates, the scale
 * before and after the clamp at every step, and the final weights.
 */
final class ClipTrajectory {
  private ClipTrajectory() {}

  static void run(Path start, JsonNode log, String name, WeightSource end, Backend backend, Tally tally) throws IOException {
    JsonNode settings = log.get("optimizer");
    long steps = settings.get("steps").asLong();
    try (ClipModel model = ClipModel.load(backend, start); WeightSource io = SafetensorsFile.open(start.resolve("io.safetensors"))) {
      backend.upload(FloatBuffer.wrap(new float[] {(float) log.get("start_logit_scale").asDouble()}), model.logitScale());
      Task<WeightSource> task = Task.of((batch, normalizer) -> loss(model, batch, backend), batch -> 1);
      double[] beforeClamp = {Double.NaN};
      try (AdamW optimizer = AdamW.over(model.parameters())
          .schedule(Schedule.openClipCosine(settings.get("base_lr").asDouble(), settings.get("warmup").asLong(), steps))
          .betas(settings.get("betas").get(0).asDouble(), settings.get("betas").get(1).asDouble())
          .epsilon(settings.get("eps").asDouble()).weightDecay(settings.get("wd").asDouble()).decayRule(DecayRule.MATRICES).build()) {
        TrainingLoop.of(name, optimizer, task, BatchSource.generate(i -> io)).steps(steps)
            .afterUpdate(() -> {
              beforeClamp[0] = model.logitScale().item();
              Constraints.clampLogitScale(model.logitScale());
            })
            .every(1, step -> compare(tally, log.get("steps").get((int) step.step() - 1), step, beforeClamp[0], model.logitScale().item()))
            .build().run();
      }
      TrainParity.compareFinal(tally, name, end, model.parameters(), log);
    }
  }

  private static void compare(Tally tally, JsonNode expected, StepContext step, double beforeClamp, double scale) {
    String at = "step " + step.step() + " ";
    double loss = expected.get("loss").asDouble();
    tally.number(at + "loss", loss, step.loss(), TrainParity.RELATIVE * Math.abs(loss));
    tally.number(at + "rate", expected.get("lr").asDouble(), step.learningRate(), 1e-12);
    tally.number(at + "logit_scale before the clamp", expected.get("logit_scale_before_clamp").asDouble(), beforeClamp, 1e-5);
    tally.number(at + "logit_scale", expected.get("logit_scale").asDouble(), scale, 1e-5);
  }

  private static Tensor loss(ClipModel model, WeightSource io, Backend backend) {
    try {
      int[] ids = Arrays.stream(io.readLongs("in.input_ids")).mapToInt(Math::toIntExact).toArray();
      return model.loss(backend.tensor(io.readFloats("in.pixel_values"), io.info("in.pixel_values").shape()),
          backend.tensor(ids, io.info("in.input_ids").shape()), null);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}

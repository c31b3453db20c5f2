package io.llama3v.train.stage;

import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageHeader;
import io.llama3v.tensor.Mix64;
import io.llama3v.text.Encoded;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.sweep.Trial;
import io.llama3v.vision.image.Placement;
import java.io.IOException;

/**
 * What a vision stage makes of a sample, for people to look at: its text, and where its picture lies on the tiles.
 *
 * @param text tokens and labels
 * @param placement of the first picture; null where the text has none
 * @param width of the picture in pixels, before resizing
 * @param height of the picture in pixels, before resizing
 * @param maxTiles most tiles of a picture
 */
public record SamplePreview(Encoded text, Placement placement, int width, int height, int maxTiles) {
  /**
   * Prepares a sample as the stage does where it stands at {@code position} of its data.
   *
   * @param stage {@code adapter}, {@code annealing} or {@code sft}
   */
  public static SamplePreview of(PipelineConfig config, String stage, Tokenizer tokenizer, Sample sample, long position) throws IOException {
    VlmPlan plan = plan(config, stage);
    long step = position / plan.training().batchSize();
    CurveConfig tokens = plan.schedules().maxTokens();
    int tiles = config.adapter().tiles();
    PictureSamples samples = new PictureSamples(tokenizer, tileSize(config, plan, step), tiles, plan.maxTokens())
        .upTo(tokens == null ? plan.maxTokens() : tokens.curve().at(step));
    VlmBatch.Item item = samples.any(sample, Mix64.mix(plan.seed(), position));
    if (item.images().isEmpty()) return new SamplePreview(item.text(), null, 0, 0, tiles);
    ImageHeader header = ImageHeader.read(sample.image(), sample.key());
    return new SamplePreview(item.text(), item.images().get(0).placement(), header.width(), header.height(), tiles);
  }

  private static VlmPlan plan(PipelineConfig c, String stage) {
    Object section = switch (stage) {
      case "adapter" -> c.adapter();
      case "annealing" -> c.annealing();
      case "sft" -> c.sft();
      default -> throw new IllegalArgumentException("stage '" + stage + "' prepares no pictures with text; adapter, annealing and sft do");
    };
    if (section == null || c.adapter() == null) {
      throw new IllegalArgumentException("a preview of stage '" + stage + "' needs the section '" + (section == null ? stage : "adapter") + "'");
    }
    if (!stage.equals("sft")) return stage.equals("adapter") ? VlmPlan.adapter(c) : VlmPlan.annealing(c);
    Trial first = c.sft().trials(c.seed()).get(0);
    return VlmPlan.sft(c, stage, c.sft().training(), first.share(), first.seed());
  }

  /** Side of a tile at a step; where the stage does not say it, that of the model it begins with. */
  private static int tileSize(PipelineConfig c, VlmPlan plan, long step) throws IOException {
    int said = 0;
    for (VlmPlan.Phase phase : plan.phases()) if (phase.first() <= step || said == 0) said = phase.tileSize();
    if (said != 0) return said;
    int before = c.annealing() == null ? c.adapter().tileSize() : c.annealing().tileSize();
    return ModelShapes.visionLanguage(c, c.sft().from(), 0).map(model -> model.vision().imageSize()).orElse(before);
  }
}

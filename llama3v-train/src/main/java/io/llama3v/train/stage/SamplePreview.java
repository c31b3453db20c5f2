package io.llama3v.train.stage;

import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageHeader;
import io.llama3v.tensor.Mix64;
import io.llama3v.text.Encoded;
import io.llama3v.text.Tokenizer;
import io.llama3v.vision.image.Placement;

/**
 * What a vision stage makes of a sample, for people to look at: its text, and where its picture lies on the tiles.
 *
 * @param text tokens and labels
 * @param placement of the picture
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
  public static SamplePreview of(PipelineConfig config, String stage, Tokenizer tokenizer, Sample sample, long position) {
    int tileSize = switch (stage) {
      case "adapter" -> config.adapter().tileSize();
      case "annealing", "sft" -> config.annealing().tileSize();
      default -> throw new IllegalArgumentException("stage '" + stage + "' prepares no pictures with text; adapter, annealing and sft do");
    };
    int tiles = config.adapter().tiles();
    PictureSamples samples = new PictureSamples(tokenizer, tileSize, tiles, config.adapter().maxTokens());
    long draw = Mix64.mix(config.seed(), position);
    VlmBatch.Item item = samples.any(sample, draw);
    ImageHeader header = ImageHeader.read(sample.image(), sample.key());
    return new SamplePreview(item.text(), item.images().get(0).placement(), header.width(), header.height(), tiles);
  }
}

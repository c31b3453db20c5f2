package io.llama3v.train.curate;

import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.ImageTextScorer;
import io.llama3v.data.curate.ModelProvider;
import io.llama3v.data.curate.ScorerConfig;
import io.llama3v.train.stage.ClipPicture;
import io.llama3v.vision.copy.CopyDescriptor;
import io.llama3v.vision.copy.CopyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Opens this project's models for curation. */
public final class TrainedModels implements ModelProvider {
  /** For {@link java.util.ServiceLoader}. */
  public TrainedModels() {}

  @Override
  public ImageTextScorer scorer(ScorerConfig config) throws IOException {
    return ClipPairs.open(config.backend(), config.checkpoint(), config.tokenizer(), picture(config.picture()));
  }

  /**
   * A copy-detection network, or CLIP's own image vectors: near copies are near in those too, though less surely than in a network
   * trained to tell copies.
   */
  @Override
  public ImageDescriptor descriptor(Path checkpoint) throws IOException {
    return descriptor(checkpoint, ClipPicture.COLOUR);
  }

  /**
   * The same for a CLIP that was trained on pictures without their colours.
   *
   * @param picture as CLIP's training showed them; a copy-detection network has its own way
   */
  public static ImageDescriptor descriptor(Path checkpoint, ClipPicture picture) throws IOException {
    if (CopyModel.recognises(checkpoint)) return new CopyModelDescriptor(CopyDescriptor.load(checkpoint));
    return ClipDescriptor.open("auto", checkpoint, picture);
  }

  private static ClipPicture picture(String name) {
    List<String> names = Arrays.stream(ClipPicture.values()).map(p -> p.name().toLowerCase(Locale.ROOT)).toList();
    int at = names.indexOf(name.toLowerCase(Locale.ROOT));
    if (at < 0) {
      throw new IllegalArgumentException("similarity.model.picture is '" + name + "'; expected one of " + names);
    }
    return ClipPicture.values()[at];
  }
}

package io.llama3v.train.stage;

import java.nio.file.Path;
import java.util.Map;

/**
 * CLIP pre-training.
 *
 * @param load Hugging Face folder of a CLIP model; then nothing is trained, and what is written about its shape serves those who plan
 *     without the folder
 * @param imageSize side of the pictures in pixels
 * @param patch side of a patch
 * @param vision the image tower
 * @param text the text tower
 * @param embed width of the joint space
 * @param context tokens of a caption
 * @param positionEmbedding standard deviation of the image tower's fresh position embeddings; 0 for CLIP's own 0.02
 * @param picture what becomes of a picture's colours, in training and in retrieval; where they are lost, captions name none
 * @param strokes share of the training pictures whose strokes are made thicker or thinner; for pictures that are figures
 * @param letters share of the training pictures that show letters instead of an icon, if the corpus has such
 * @param data data sets by name, of pictures with captions; the corpus' icons unless told otherwise
 * @param training how it is trained
 */
public record ClipSection(Path load, int imageSize, int patch, Tower vision, Tower text, int embed, int context,
    double positionEmbedding, ClipPicture picture, double strokes, double letters,
    Map<String, DataConfig> data, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public ClipSection {
    if (load == null) {
      imageSize = Defaults.or(imageSize, 32);
      patch = Defaults.or(patch, 8);
      vision = Defaults.or(vision, new Tower(192, 4, 4, 0));
      text = Defaults.or(text, new Tower(128, 2, 4, 0));
      embed = Defaults.or(embed, 128);
      context = Defaults.or(context, 24);
    }
    data = Defaults.sorted(data);
    if (!(letters >= 0 && letters < 1)) throw new IllegalArgumentException("letters " + letters + "; expected a share from 0 to below 1");
    if (letters > 0 && !data.isEmpty()) throw new IllegalArgumentException("letters mixes into the corpus' icons; name the sets yourself, or leave out 'data'");
    if (!(strokes >= 0 && strokes <= 1)) throw new IllegalArgumentException("strokes " + strokes + "; expected a share from 0 to 1");
    picture = Defaults.or(picture, ClipPicture.COLOUR);
    if (patch != 0) Defaults.divides("patch", patch, "image_size", imageSize);
    // What CLIP and MetaCLIP were trained with (Radford et al., 2021, table 18; Xu et al., 2024).
    if (training != null) training = training.orElse(0.2, 0.98, 1e-6);
    if (load == null && training == null) throw new IllegalArgumentException("clip needs 'training', or 'load' with a folder");
  }

  /** Shape of a transformer. */
  public record Tower(int width, int layers, int heads, int mlp) {
    /** Fills in defaults and checks. */
    public Tower {
      Defaults.positive("width", width);
      Defaults.positive("layers", layers);
      Defaults.positive("heads", heads);
      mlp = Defaults.or(mlp, 4 * width);
      Defaults.divides("heads", heads, "width", width);
    }
  }
}

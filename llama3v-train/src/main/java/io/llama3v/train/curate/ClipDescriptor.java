package io.llama3v.train.curate;

import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.image.RgbImage;
import io.llama3v.train.stage.ClipPicture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Pictures as the image vectors of a CLIP checkpoint. */
final class ClipDescriptor implements ImageDescriptor {
  private final ClipVectors vectors;

  private ClipDescriptor(ClipVectors vectors) {
    this.vectors = vectors;
  }

  static ClipDescriptor open(String backend, Path checkpoint, ClipPicture picture) throws IOException {
    return new ClipDescriptor(new ClipVectors(backend, checkpoint, picture));
  }

  @Override
  public String fingerprint() {
    return vectors.fingerprint();
  }

  @Override
  public int dimension() {
    return vectors.width();
  }

  @Override
  public float[][] describe(List<RgbImage> images) {
    float[] all = vectors.images(images);
    float[][] rows = new float[images.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(all, i * vectors.width(), (i + 1) * vectors.width());
    }
    return rows;
  }

  @Override
  public void close() {
    vectors.close();
  }
}

package io.llama3v.vision.image;

import io.llama3v.image.ImageException;
import io.llama3v.image.RgbImage;
import io.llama3v.image.Transparency;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Turns a decoded picture into the numbers that a vision tower takes. Implementations are immutable: one serves all threads. */
public sealed interface ImageTransform permits MllamaTransform, ClipTransform {

  /** Floats that one picture takes: {@code maxTiles * 3 * S * S}. */
  int floats();

  /** How pictures for this transform are to be decoded. */
  Transparency transparency();

  /**
   * Writes one picture's {@link #floats()} values, {@code [maxTiles, 3, S, S]}, at an absolute offset; the buffer's position and
   * limit stay as they are, so several threads may fill one buffer.
   *
   * @throws IndexOutOfBoundsException if the buffer is too short
   * @throws ImageException            if the picture is so narrow that resizing it would take more memory than any picture may
   */
  Placement write(RgbImage image, FloatBuffer target, int offset);

  /** The same as {@link #write} into an array of its own. */
  default TiledImage apply(RgbImage image) {
    float[] pixels = new float[floats()];
    return new TiledImage(pixels, write(image, FloatBuffer.wrap(pixels), 0));
  }

  /**
   * The transform that a {@code preprocessor_config.json} describes; absent keys take the defaults of its image processor.
   *
   * @throws IOException if the file cannot be read, or asks for something that is not supported
   */
  static ImageTransform load(Path preprocessorConfig) throws IOException {
    return PreprocessorConfig.read(preprocessorConfig).transform();
  }
}

package io.llama3v.train.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Weights on a grid as a small translucent PNG, one pixel a cell, to be laid over a picture. */
final class HeatMap {
  /** From barely seen to full: clear amber, orange, deep red. Alpha, red, green, blue. */
  private static final int[][] RAMP = {{0, 255, 196, 0}, {120, 255, 176, 0}, {190, 240, 90, 20}, {235, 176, 10, 50}};

  private HeatMap() { }

  /** The map as a data address. The largest weight gets the full colour. */
  static String dataUri(int rows, int columns, float[] weights) {
    float most = 0;
    for (float weight : weights) {
      most = Float.isFinite(weight) ? Math.max(most, weight) : most;
    }
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < weights.length; i++) {
      double share = most > 0 && weights[i] > 0 ? Math.min(1, weights[i] / most) : 0;
      image.setRGB(i % columns, i / columns, colour(share));
    }
    return dataUri(image);
  }

  /** A picture as a PNG data address. */
  static String dataUri(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  static int colour(double share) {
    double position = share * (RAMP.length - 1);
    int below = Math.min((int) position, RAMP.length - 2);
    double part = position - below;
    int argb = 0;
    for (int channel = 0; channel < 4; channel++) {
      argb = argb << 8 | (int) Math.round(RAMP[below][channel] * (1 - part) + RAMP[below + 1][channel] * part);
    }
    return argb;
  }
}

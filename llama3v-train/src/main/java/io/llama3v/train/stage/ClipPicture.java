package io.llama3v.train.stage;

import io.llama3v.image.RgbImage;
import java.util.Arrays;

/** What CLIP pre-training makes of a picture's colours before it looks at the picture. */
public enum ClipPicture {
  /** The picture as it is. */
  COLOUR {
    @Override
    public RgbImage of(RgbImage image) {
      return image;
    }
  },
  /** Luma of ITU-R BT.601 in all three channels. */
  GREYSCALE {
    @Override
    public RgbImage of(RgbImage image) {
      return repeated(luma(image), image);
    }
  },
  /**
   * What stands out: the distance of every pixel's luma from the ground's, which is the median along the border, stretched so that
   * the largest is 255. A drawing looks the same in every colour and on every plain ground.
   */
  FIGURE {
    @Override
    public RgbImage of(RgbImage image) {
      int[] luma = luma(image);
      int ground = ground(luma, image.width(), image.height());
      int largest = 1;
      for (int i = 0; i < luma.length; i++) {
        luma[i] = Math.abs(luma[i] - ground);
        largest = Math.max(largest, luma[i]);
      }
      for (int i = 0; i < luma.length; i++) luma[i] = (luma[i] * 255 + largest / 2) / largest;
      return repeated(luma, image);
    }
  };

  /** The picture as CLIP is to see it. */
  public abstract RgbImage of(RgbImage image);

  private static int[] luma(RgbImage image) {
    byte[] in = image.rgb();
    int[] out = new int[in.length / 3];
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) Math.round(0.299 * (in[3 * i] & 255) + 0.587 * (in[3 * i + 1] & 255) + 0.114 * (in[3 * i + 2] & 255));
    }
    return out;
  }

  private static int ground(int[] luma, int width, int height) {
    int[] border = new int[2 * (width + height)];
    int n = 0;
    for (int x = 0; x < width; x++) {
      border[n++] = luma[x];
      border[n++] = luma[(height - 1) * width + x];
    }
    for (int y = 0; y < height; y++) {
      border[n++] = luma[y * width];
      border[n++] = luma[y * width + width - 1];
    }
    Arrays.sort(border);
    return border[n / 2];
  }

  private static RgbImage repeated(int[] grey, RgbImage image) {
    byte[] out = new byte[3 * grey.length];
    for (int i = 0; i < grey.length; i++) out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = (byte) grey[i];
    return new RgbImage(image.width(), image.height(), out);
  }
}

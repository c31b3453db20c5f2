package io.llama3v.vision.image;

import io.llama3v.image.ImageException;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.image.Transparency;
import io.llama3v.io.Limits;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * CLIP's preprocessing: resize so that the shorter side has S pixels, cut the centre {@code S x S}, scale and normalise to
 * {@code [1, 3, S, S]}. A picture smaller than the cut is centred on black. Agrees bit for bit with Hugging Face's
 * CLIPImageProcessor (4.49).
 */
public final class ClipTransform implements ImageTransform {
  /** Resizing: by the shorter side, to a fixed size, or none. */
  sealed interface Sizing permits ShortestEdge, Fixed, Unchanged {
  }

  record ShortestEdge(int pixels) implements Sizing {
  }

  record Fixed(int height, int width) implements Sizing {
  }

  record Unchanged() implements Sizing {
  }

  private static final AspectRatio SINGLE = new AspectRatio(1, 1);

  private final Sizing sizing;
  private final int crop;
  private final Resize.Filter filter;
  private final PixelScale scale;

  /** CLIP's own settings at a resolution: bicubic resizing of the shorter side, its mean and standard deviation. */
  public ClipTransform(int size) {
    this(size, size, mean(), std());
  }

  /** Bicubic resizing of the shorter side to {@code shortestEdge}, then a cut of {@code crop x crop}. */
  public ClipTransform(int shortestEdge, int crop, double[] mean, double[] std) {
    this(new ShortestEdge(shortestEdge), crop, Resize.Filter.BICUBIC, new PixelScale(1 / 255.0, mean, std));
  }

  ClipTransform(Sizing sizing, int crop, Resize.Filter filter, PixelScale scale) {
    boolean empty = sizing instanceof ShortestEdge edge && edge.pixels() < 1
        || sizing instanceof Fixed fixed && (fixed.height() < 1 || fixed.width() < 1);
    if (empty || crop < 1 || 3L * crop * crop > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("sizes must be positive: " + sizing + ", crop " + crop);
    }
    this.sizing = sizing;
    this.crop = crop;
    this.filter = filter;
    this.scale = scale;
  }

  /** Mean of each channel over CLIP's training pictures. */
  public static double[] mean() {
    return new double[] {0.48145466, 0.4578275, 0.40821073};
  }

  /** Standard deviation of each channel over CLIP's training pictures. */
  public static double[] std() {
    return new double[] {0.26862954, 0.26130258, 0.27577711};
  }

  /** Side S of the result. */
  public int size() {
    return crop;
  }

  @Override
  public int floats() {
    return 3 * crop * crop;
  }

  @Override
  public Transparency transparency() {
    return Transparency.DROP;
  }

  @Override
  public Placement write(RgbImage image, FloatBuffer target, int offset) {
    RgbImage resized = resize(image);
    // rounding of the margins: down where the picture is larger, up where it is smaller
    int top = Math.floorDiv(resized.height() - crop, 2);
    int left = Math.floorDiv(resized.width() - crop, 2);
    float[] plane = new float[crop * crop];
    for (int c = 0; c < 3; c++) {
      fillPlane(resized, top, left, c, plane);
      target.put(offset + c * plane.length, plane, 0, plane.length);
    }
    return new Placement(1, SINGLE, crop, resized.height(), resized.width());
  }

  private RgbImage resize(RgbImage image) {
    if (sizing instanceof Fixed fixed) {
      return Resize.resize(image, fixed.width(), fixed.height(), filter);
    }
    if (!(sizing instanceof ShortestEdge edge)) {
      return image;
    }
    int shorter = Math.min(image.height(), image.width());
    int longer = Math.max(image.height(), image.width());
    long newLonger = (long) ((double) ((long) edge.pixels() * longer) / shorter);
    if (newLonger * edge.pixels() > Limits.PIXELS) {
      throw new ImageException(image.toString(), "too narrow: with a shorter side of " + edge.pixels() + " pixels the longer would have "
          + newLonger);
    }
    return image.width() <= image.height()
        ? Resize.resize(image, edge.pixels(), (int) newLonger, filter)
        : Resize.resize(image, (int) newLonger, edge.pixels(), filter);
  }

  private void fillPlane(RgbImage image, int top, int left, int channel, float[] plane) {
    float[] values = scale.channel(channel);
    byte[] rgb = image.rgb();
    int firstColumn = Math.max(-left, 0);
    int endColumn = Math.min(crop, image.width() - left);
    Arrays.fill(plane, values[0]);
    for (int y = Math.max(-top, 0); y < Math.min(crop, image.height() - top); y++) {
      int from = ((top + y) * image.width() + left) * 3 + channel;
      for (int x = firstColumn; x < endColumn; x++) {
        plane[y * crop + x] = values[rgb[from + 3 * x] & 255];
      }
    }
  }
}

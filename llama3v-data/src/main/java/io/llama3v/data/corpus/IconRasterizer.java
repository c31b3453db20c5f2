package io.llama3v.data.corpus;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.parser.resources.ResourcePolicy;
import com.github.weisj.jsvg.view.FloatSize;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Color;
import java.awt.Component;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Draws an SVG once, {@value #SIZE} pixels high and wide, and cuts the result to what is covered. Everything painted
 * afterwards is scaled from this mask. External resources are never loaded. One thread: it keeps its picture.
 */
public final class IconRasterizer {
  static final int SIZE = 96;
  private static final double MIN_COVERAGE = 0.004;
  private final SVGLoader loader = new SVGLoader();
  private final LoaderContext context =
      LoaderContext.builder().externalResourcePolicy(ResourcePolicy.DENY_ALL).build();
  private final BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_ARGB_PRE);
  private final int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();

  /** The mask, or empty if the drawing cannot be read or shows next to nothing. */
  Optional<IconMask> rasterize(Icon icon) {
    SVGDocument document;
    try {
      document = loader.load(new ByteArrayInputStream(icon.svg()), null, context);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
    if (document == null) {
      return Optional.empty();
    }
    FloatSize size = document.size();
    float factor = SIZE / Math.max(size.width, size.height);
    float width = size.width * factor;
    float height = size.height * factor;
    Arrays.fill(pixels, 0);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setColor(Color.BLACK);
      document.render((Component) null, graphics,
          new ViewBox((SIZE - width) / 2, (SIZE - height) / 2, width, height));
    } catch (RuntimeException e) {
      return Optional.empty();
    } finally {
      graphics.dispose();
    }
    return crop(icon.coloured());
  }

  private Optional<IconMask> crop(boolean coloured) {
    int left = SIZE;
    int top = SIZE;
    int right = -1;
    int bottom = -1;
    long sum = 0;
    for (int i = 0; i < pixels.length; i++) {
      int alpha = pixels[i] >>> 24;
      sum += alpha;
      if (alpha > 8) {
        left = Math.min(left, i % SIZE);
        right = Math.max(right, i % SIZE);
        top = Math.min(top, i / SIZE);
        bottom = Math.max(bottom, i / SIZE);
      }
    }
    if (right < 0 || sum < MIN_COVERAGE * 255 * pixels.length) {
      return Optional.empty();
    }
    int width = right - left + 1;
    int height = bottom - top + 1;
    byte[][] planes = new byte[coloured ? 4 : 1][width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = pixels[(top + y) * SIZE + left + x];
        for (int p = 0; p < planes.length; p++) {
          planes[p][y * width + x] = (byte) (argb >>> 24 - 8 * p);
        }
      }
    }
    return Optional.of(new IconMask(width, height, planes));
  }
}

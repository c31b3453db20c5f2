package io.llama3v.data.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The eleven basic colour names of English, each with a centre in sRGB. A drawn colour lies within ±{@value #SPREAD} of
 * the centre in every channel; those boxes do not meet.
 */
public enum NamedColour {
  RED(214, 32, 36),
  ORANGE(242, 134, 22),
  YELLOW(242, 216, 34),
  GREEN(36, 156, 62),
  BLUE(42, 92, 226),
  PURPLE(140, 52, 188),
  PINK(236, 104, 172),
  BROWN(128, 76, 36),
  BLACK(18, 18, 18),
  WHITE(242, 242, 242),
  GREY(128, 128, 128);

  static final int SPREAD = 12;
  private static final double MIN_CONTRAST = 2.0;
  private final int red;
  private final int green;
  private final int blue;

  NamedColour(int red, int green, int blue) {
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /** The English word. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether an 0xRRGGBB value lies in this colour's box. */
  public boolean contains(int rgb) {
    return Math.abs((rgb >> 16 & 0xff) - red) <= SPREAD && Math.abs((rgb >> 8 & 0xff) - green) <= SPREAD
        && Math.abs((rgb & 0xff) - blue) <= SPREAD;
  }

  /** A shade of this colour; neutral colours stay neutral. */
  int shade(Draw draw) {
    if (this == BLACK || this == WHITE || this == GREY) {
      int v = red + draw.between(-SPREAD, SPREAD);
      return v << 16 | v << 8 | v;
    }
    return red + draw.between(-SPREAD, SPREAD) << 16 | green + draw.between(-SPREAD, SPREAD) << 8
        | blue + draw.between(-SPREAD, SPREAD);
  }

  /** Whether even the least favourable shades reach the contrast of 2 : 1 (WCAG 2) on a kind of background. */
  boolean visibleOn(Background background) {
    for (int dark = -SPREAD; dark <= SPREAD; dark += 2 * SPREAD) {
      int shade = red + dark << 16 | Math.max(0, green + dark) << 8 | Math.max(0, blue + dark);
      if (contrast(shade, background.closest(shade)) < MIN_CONTRAST) {
        return false;
      }
    }
    return true;
  }

  /** The colours that stand out on a background. */
  static List<NamedColour> on(Background background) {
    return Arrays.stream(values()).filter(c -> c.visibleOn(background)).toList();
  }

  /** A background on which this colour stands out. */
  Background background(Draw draw) {
    List<Background> fit = new ArrayList<>(Arrays.asList(Background.values()));
    fit.removeIf(b -> !visibleOn(b));
    return draw.of(fit);
  }

  /** The contrast ratio of WCAG 2, 1 to 21. */
  static double contrast(int a, int b) {
    double x = luminance(a) + 0.05;
    double y = luminance(b) + 0.05;
    return Math.max(x, y) / Math.min(x, y);
  }

  private static double luminance(int rgb) {
    return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
  }

  private static double linear(int channel) {
    double v = channel / 255.0;
    return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
  }
}

package io.llama3v.data.corpus;

import java.util.Locale;

/** Two kinds of plain background, nearly neutral, with a faint tint. */
enum Background {
  LIGHT(244, 255, 5),
  DARK(0, 22, 8);

  private final int from;
  private final int to;
  private final int tint;

  Background(int from, int to, int tint) {
    this.from = from;
    this.to = to;
    this.tint = tint;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** An 0xRRGGBB value of this kind. */
  int shade(Draw draw) {
    int v = draw.between(from, to);
    return channel(v, draw) << 16 | channel(v, draw) << 8 | channel(v, draw);
  }

  /** The shade of this kind that a colour stands out from least. */
  int closest(int rgb) {
    int v = this == LIGHT ? from - tint : to + tint;
    int shade = v << 16 | v << 8 | v;
    return NamedColour.contrast(rgb, shade) < NamedColour.contrast(rgb, opposite()) ? shade : opposite();
  }

  private int opposite() {
    return this == LIGHT ? 0xffffff : 0;
  }

  private int channel(int v, Draw draw) {
    return Math.max(0, Math.min(255, v + draw.between(-tint, tint)));
  }
}

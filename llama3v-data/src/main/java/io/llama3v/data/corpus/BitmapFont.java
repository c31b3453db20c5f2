package io.llama3v.data.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A small bitmap font of its own (5 × 9 cells: 7 rows above the base line, 2 below), so that rendered words are the same
 * on every machine, also where Java has no fonts at all. Letters, digits, hyphen and apostrophe.
 */
public final class BitmapFont {
  /** Columns of a letter. */
  public static final int WIDTH = 5;
  /** Rows of a letter. */
  public static final int HEIGHT = 9;
  private static final String RESOURCE = "font5x9.txt";
  private final Map<Character, boolean[]> glyphs = new HashMap<>();

  public BitmapFont() {
    try (InputStream in = BitmapFont.class.getResourceAsStream(RESOURCE)) {
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      for (int band = 0; band + HEIGHT < lines.size(); band += HEIGHT + 1) {
        String characters = lines.get(band);
        for (int c = 0; c < characters.length(); c++) {
          boolean[] glyph = new boolean[WIDTH * HEIGHT];
          for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
              glyph[y * WIDTH + x] = lines.get(band + 1 + y).charAt(c * (WIDTH + 1) + x) == '#';
            }
          }
          glyphs.put(characters.charAt(c), glyph);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether every character has a glyph; blanks do. */
  boolean canShow(String text) {
    return text.chars().allMatch(c -> c == ' ' || glyphs.containsKey((char) c));
  }

  /** Width in pixels at scale 1: six columns a character, none after the last. */
  public static int width(String text) {
    return text.length() * (WIDTH + 1) - 1;
  }

  /** Which pixels of a text at scale 1 are set, row by row: {@link #width} times {@link #HEIGHT}. */
  public boolean[] pixels(String text) {
    byte[] alpha = mask(text, 1).planes()[0];
    boolean[] set = new boolean[alpha.length];
    for (int i = 0; i < set.length; i++) set[i] = alpha[i] != 0;
    return set;
  }

  /** The text as an alpha mask; each font pixel becomes scale × scale pixels. */
  IconMask mask(String text, int scale) {
    if (!canShow(text)) {
      throw new IllegalArgumentException("the built-in font cannot show '" + text + "'");
    }
    int width = width(text) * scale;
    byte[] alpha = new byte[width * HEIGHT * scale];
    for (int i = 0; i < text.length(); i++) {
      boolean[] glyph = glyphs.get(text.charAt(i));
      for (int p = 0; glyph != null && p < glyph.length; p++) {
        if (glyph[p]) {
          int x0 = (i * (WIDTH + 1) + p % WIDTH) * scale;
          int y0 = p / WIDTH * scale;
          for (int y = y0; y < y0 + scale; y++) {
            Arrays.fill(alpha, y * width + x0, y * width + x0 + scale, (byte) 255);
          }
        }
      }
    }
    return new IconMask(width, HEIGHT * scale, new byte[][] {alpha});
  }
}

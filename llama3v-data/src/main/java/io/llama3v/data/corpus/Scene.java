package io.llama3v.data.corpus;

import java.util.List;

/**
 * A picture before it is painted.
 *
 * @param layout     how the objects are arranged, which decides how one speaks of them
 * @param background 0xRRGGBB
 * @param objects    in reading order
 * @param text       rendered text, or null
 */
record Scene(Layout layout, int width, int height, Background kind, int background, List<Placed> objects, Line text) {

  enum Layout { SINGLE, CORNERS, SIDES, STACK, ROW, COLUMN, GROUP, MIXED, TEXT }

  /** An icon on the canvas; its mask is scaled to {@code longest} and stands at (x, y). */
  record Placed(DrawnIcon icon, NamedColour colour, int shade, Place place, int x, int y, int longest) {
    String label() {
      return icon.icon().label();
    }

    /** "red house"; a thing with its own colours has no colour word. */
    String name() {
      return icon.mask().coloured() ? label() : colour.word() + " " + label();
    }

    /** Left, top, right, bottom in pixels, right and bottom excluded. */
    int[] box() {
      return new int[] {x, y, x + icon.mask().widthAt(longest), y + icon.mask().heightAt(longest)};
    }
  }

  /** Text in the built-in font. */
  record Line(String text, NamedColour colour, int shade, int x, int y, int scale) {
    int[] box() {
      return new int[] {x, y, x + BitmapFont.width(text) * scale, y + BitmapFont.HEIGHT * scale};
    }
  }

  Canvas paint(BitmapFont font) {
    Canvas canvas = new Canvas(width, height, background);
    for (Placed object : objects) {
      canvas.paint(object.icon().mask().scaledTo(object.longest()), object.x(), object.y(), object.shade());
    }
    if (text != null) {
      canvas.paint(font.mask(text.text(), text.scale()), text.x(), text.y(), text.shade());
    }
    return canvas;
  }
}

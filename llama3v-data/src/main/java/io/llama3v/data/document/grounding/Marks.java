package io.llama3v.data.document.grounding;

import io.llama3v.data.corpus.BitmapFont;
import io.llama3v.data.document.Box;
import io.llama3v.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

/** Numbered marks on a picture (set-of-marks): mark 1 is on the first box. Drawn in a built-in font, so that they look the same everywhere. */
public final class Marks {
  private static final int PAD = 2;
  private static final int[] COLOURS = {0xc2185b, 0x1565c0, 0x2e7d32, 0xe65100, 0x6a1b9a, 0x00695c, 0x4e342e, 0x37474f};
  private final BitmapFont font = new BitmapFont();

  /**
   * A marked picture.
   *
   * @param image the picture with frames and numbers
   * @param marks where the numbers stand, mark 1 first
   */
  public record Marked(RgbImage image, List<Box> marks) {}

  /**
   * Marks boxes. A number stands on a filled ground in a corner of its box, or beside the box where that is small; where it would hide an
   * earlier one, in another place.
   *
   * @throws IllegalArgumentException if a number does not fit on the picture
   */
  public Marked draw(RgbImage image, List<Box> boxes) {
    int scale = Math.min(image.width(), image.height()) >= 300 ? 2 : 1;
    RgbImage framed = image;
    for (int i = 0; i < boxes.size(); i++) framed = Outline.around(framed, boxes.get(i), COLOURS[i % COLOURS.length], scale);
    byte[] rgb = framed.rgb().clone();
    List<Box> marks = new ArrayList<>();
    for (int i = 0; i < boxes.size(); i++) {
      String number = Integer.toString(i + 1);
      Box at = place(image, boxes.get(i), BitmapFont.width(number) * scale + 2 * PAD, 7 * scale + 2 * PAD, marks);
      paint(rgb, image.width(), at, number, scale, COLOURS[i % COLOURS.length]);
      marks.add(at);
    }
    return new Marked(new RgbImage(image.width(), image.height(), rgb), List.copyOf(marks));
  }

  private static Box place(RgbImage image, Box box, int width, int height, List<Box> taken) {
    if (width > image.width() || height > image.height()) {
      throw new IllegalArgumentException("a mark of " + width + "x" + height + " pixels does not fit on " + image);
    }
    int[][] inside = {{box.left(), box.top()}, {box.right() - width, box.top()}, {box.left(), box.bottom() - height},
        {box.right() - width, box.bottom() - height}};
    int[][] outside = {{box.left(), box.top() - height}, {box.left(), box.bottom()}, {box.right(), box.top()}, {box.left() - width, box.top()}};
    boolean small = (long) box.width() * box.height() < 12L * width * height; // a number in it would hide what it marks
    List<int[]> corners = new ArrayList<>(List.of(small ? outside : inside));
    corners.addAll(List.of(small ? inside : outside));
    Box first = null;
    for (int[] corner : corners) {
      int x = Math.max(0, Math.min(image.width() - width, corner[0]));
      int y = Math.max(0, Math.min(image.height() - height, corner[1]));
      Box at = new Box(x, y, x + width, y + height);
      if (taken.stream().noneMatch(at::overlaps)) return at;
      first = first == null ? at : first;
    }
    return first;
  }

  private void paint(byte[] rgb, int width, Box at, String number, int scale, int colour) {
    for (int y = at.top(); y < at.bottom(); y++) {
      for (int x = at.left(); x < at.right(); x++) Outline.set(rgb, width, x, y, colour);
    }
    boolean[] pixels = font.pixels(number);
    int columns = BitmapFont.width(number);
    for (int p = 0; p < 7 * columns; p++) { // digits have nothing below the base line
      for (int s = 0; pixels[p] && s < scale * scale; s++) {
        Outline.set(rgb, width, at.left() + PAD + p % columns * scale + s % scale, at.top() + PAD + p / columns * scale + s / scale, 0xffffff);
      }
    }
  }
}

package io.llama3v.data.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class DrawingTest {

  private static Icon icon(String svg, boolean coloured) {
    return new Icon("mdi", "x", "", "x", List.of(), List.of(), svg.getBytes(StandardCharsets.UTF_8), coloured, false);
  }

  @Test
  void pngIsReadBackExactly() throws IOException {
    Random random = new Random(1);
    try (PngWriter png = new PngWriter()) {
      for (int[] size : new int[][] {{1, 1}, {7, 3}, {64, 64}, {256, 64}}) {
        Canvas canvas = new Canvas(size[0], size[1], 0x102030);
        random.nextBytes(canvas.rgb);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png.encode(canvas)));
        for (int i = 0; i < size[0] * size[1]; i++) {
          int rgb = image.getRGB(i % size[0], i / size[0]);
          assertEquals(canvas.rgb[3 * i], (byte) (rgb >> 16));
          assertEquals(canvas.rgb[3 * i + 1], (byte) (rgb >> 8));
          assertEquals(canvas.rgb[3 * i + 2], (byte) rgb);
        }
      }
    }
  }

  @Test
  void rasterizerCropsToTheDrawingAndKeepsColours() {
    IconMask mask = new IconRasterizer().rasterize(icon("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' "
        + "stroke='currentColor'><path stroke='none' d='M0 0h24v24H0z' fill='none'/>"
        + "<path d='M6 3h12v6H6z'/></svg>", false)).orElseThrow();
    assertEquals(52, mask.width(), 2); // 12 + 1 for the stroke, of 24, of 96 pixels
    assertEquals(28, mask.height(), 2);
    assertTrue(mask.coverage() > 0.95, "filled: " + mask.coverage());
    IconMask flag = new IconRasterizer().rasterize(icon("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 480'>"
        + "<path fill='#ff0000' d='M0 0h640v240H0z'/><path fill='#0000ff' d='M0 240h640v240H0z'/></svg>", true)).orElseThrow();
    assertTrue(flag.coloured());
    assertEquals(96, flag.width());
    assertEquals(72, flag.height());
    Canvas canvas = new Canvas(64, 64, 0xffffff);
    canvas.paint(flag.scaledTo(40), 10, 10, 0);
    assertEquals(List.of(-1, 0, 0), List.of((int) canvas.rgb[(15 * 64 + 20) * 3], (int) canvas.rgb[(15 * 64 + 20) * 3 + 1],
        (int) canvas.rgb[(15 * 64 + 20) * 3 + 2]));
    assertTrue(new IconRasterizer().rasterize(icon("<svg xmlns='http://www.w3.org/2000/svg'/>", false)).isEmpty());
    Logger.getLogger("com.github.weisj.jsvg.parser.impl.StaxSVGLoader").setLevel(Level.OFF);
    assertTrue(new IconRasterizer().rasterize(icon("no picture", false)).isEmpty());
  }

  @Test
  void scalingKeepsTheCoveredShareAndPaintingRefusesToClip() {
    byte[] alpha = new byte[96 * 60];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = (byte) (i % 96 < 48 ? 255 : 0);
    }
    IconMask mask = new IconMask(96, 60, new byte[][] {alpha});
    for (int longest : new int[] {5, 31, 50, 96, 150}) {
      IconMask scaled = mask.scaledTo(longest);
      assertEquals(longest, scaled.width());
      assertEquals(mask.heightAt(longest), scaled.height());
      assertEquals(0.5, scaled.coverage(), 0.01);
    }
    Canvas canvas = new Canvas(40, 40, 0);
    assertThrows(IllegalArgumentException.class, () -> canvas.paint(mask.scaledTo(30), 11, 0, 0));
  }

  @Test
  void namedColoursAreApartAndAlwaysVisible() {
    Draw draw = new Draw(1, "t", 0);
    for (NamedColour colour : NamedColour.values()) {
      for (int i = 0; i < 200; i++) {
        int shade = colour.shade(draw);
        assertEquals(Set.of(colour), Arrays.stream(NamedColour.values()).filter(c -> c.contains(shade))
            .collect(Collectors.toSet()));
        int background = colour.background(draw).shade(draw);
        assertTrue(NamedColour.contrast(shade, background) >= 1.9, colour + " on " + Integer.toHexString(background));
      }
    }
    for (Background background : Background.values()) {
      assertTrue(NamedColour.on(background).size() >= 8, background + ": " + NamedColour.on(background));
    }
  }

  @Test
  void fontHasEveryLetterAndNoTwoAlike() {
    BitmapFont font = new BitmapFont();
    String all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-'";
    assertTrue(font.canShow(all + " "));
    assertFalse(font.canShow("ß"));
    Set<String> shapes = new HashSet<>();
    all.chars().forEach(c -> assertTrue(shapes.add(Arrays.toString(font.mask("" + (char) c, 1).planes()[0])), "" + (char) c));
    IconMask twice = font.mask("ab", 3);
    assertEquals(BitmapFont.width("ab") * 3, twice.width());
    assertEquals(font.mask("ab", 1).coverage(), twice.coverage(), 1e-9);
  }

  @Test
  void labelsAndConceptsDropStyleAndFrames() {
    assertEquals("account circle", Labels.label("account-circle-outline"));
    assertEquals("account", Labels.conceptKey("account-circle-outline"));
    assertEquals(Labels.conceptKey("bell-fill"), Labels.conceptKey("bells"));
    assertEquals("arrow left", Labels.conceptKey("left-arrow-box"));
    assertEquals(Labels.conceptKey("dots-horizontal-circle"), Labels.conceptKey("dots-circle-horizontal"));
    assertEquals("circle square", Labels.conceptKey("square-circle"));
    assertEquals("outline", Labels.label("outline"));
    assertEquals("square", Labels.conceptKey("square-rounded"));
    assertEquals(List.of("date", "time", "home automation"), Labels.tags(List.of("Date / Time", "Home Automation", "date")));
    assertEquals("an apple", Phrases.withArticle("apple"));
    assertEquals("a user", Phrases.withArticle("user"));
    assertEquals("red headphones", Phrases.withArticle("red headphones"));
    assertEquals("a bus", Phrases.withArticle("bus"));
    assertEquals("a, b and c", Phrases.list(List.of("a", "b", "c")));
  }

  @Test
  void aliasesAndTwinsShareASide() {
    Icon house = new Icon("bootstrap", "house-fill", "filled", "house", List.of(), List.of(), new byte[] {1}, false, false);
    Icon home = new Icon("mdi", "home", "", "home", List.of("house"), List.of(), new byte[] {2}, false, false);
    Icon twin = new Icon("tabler", "dwelling", "", "dwelling", List.of(), List.of(), new byte[] {2}, false, false);
    Icon other = new Icon("mdi", "bell", "", "bell", List.of(), List.of(), new byte[] {3}, false, false);
    Icon awesome = new Icon("font-awesome", "bell", "", "bell", List.of("home"), List.of(), new byte[] {2}, false, false);
    for (long seed = 0; seed < 50; seed++) {
      Concepts concepts = new Concepts(List.of(house, home, twin, other, awesome), seed);
      assertEquals(1, Set.of(concepts.concept(house)).size());
      assertEquals(concepts.concept(house), concepts.concept(home));
      assertEquals(concepts.split(house), concepts.split(twin));
      assertFalse(concepts.concept(other).equals(concepts.concept(home)), "the held-out family joins nothing");
      assertEquals(IconSplit.FAMILY, concepts.split(awesome));
    }
  }
}

package io.llama3v.data.corpus;

import io.llama3v.data.corpus.Scene.Layout;
import io.llama3v.data.corpus.Scene.Line;
import io.llama3v.data.corpus.Scene.Placed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Arranges icons and words on canvases that are whole numbers of tiles, at most four. Nothing is clipped, nothing
 * overlaps, every colour stands out from the background, and no two objects of a scene share a word of their labels,
 * so that a name points at one of them.
 */
final class SceneComposer {
  /** Letters that are large enough on a single tile. */
  private static final int SHORT = 2;
  private static final int[][] SQUARES = {{1, 1}, {2, 2}};
  private final List<DrawnIcon> icons;
  private final List<String> words;
  private final boolean signs;
  private final int unit;

  /**
   * @param icons icons that may appear, all nameable
   * @param words words that may be rendered
   * @param signs whether they are in capitals, light on dark, and as large as fits
   * @param unit  side of a tile in pixels
   */
  SceneComposer(List<DrawnIcon> icons, List<String> words, boolean signs, int unit) {
    this.icons = icons;
    this.words = words;
    this.signs = signs;
    this.unit = unit;
  }

  /** One object, large, anywhere. */
  Scene single(Draw draw, NamedColour colour) {
    int[] size = canvas(draw, new int[][] {{1, 1}, {1, 1}, {2, 2}, {2, 1}, {1, 2}});
    return one(draw, size, colour, Place.WHOLE, Layout.SINGLE);
  }

  /** One object in a corner. */
  Scene corner(Draw draw, NamedColour colour, Place place) {
    return one(draw, canvas(draw, SQUARES), colour, place, Layout.CORNERS);
  }

  private Scene one(Draw draw, int[] size, NamedColour colour, Place place, Layout layout) {
    Background background = colour.background(draw);
    return scene(draw, layout, size, background,
        List.of(placed(draw, draw.of(icons), colour, place, place.cell(size[0], size[1]))));
  }

  /** Objects of different names and colours in different corners; the first place and colour are given. */
  Scene corners(Draw draw, int count, NamedColour firstColour, Place firstPlace) {
    int[] size = canvas(draw, SQUARES);
    List<Place> places = new ArrayList<>(draw.shuffled(Place.CORNERS));
    places.remove(firstPlace);
    places.add(0, firstPlace);
    return several(draw, Layout.CORNERS, size, places.subList(0, count), firstColour);
  }

  Scene corners(Draw draw) {
    return corners(draw, draw.between(2, 4), draw.of(List.of(NamedColour.values())), draw.of(Place.CORNERS));
  }

  /** Two objects side by side on a wide canvas. */
  Scene sides(Draw draw) {
    return several(draw, Layout.SIDES, canvas(draw, new int[][] {{2, 1}, {2, 1}, {1, 1}}),
        List.of(Place.LEFT, Place.RIGHT), draw.of(List.of(NamedColour.values())));
  }

  /** Two objects one above the other on a tall canvas. */
  Scene stack(Draw draw) {
    return several(draw, Layout.STACK, canvas(draw, new int[][] {{1, 2}, {1, 2}, {1, 1}}),
        List.of(Place.TOP, Place.BOTTOM), draw.of(List.of(NamedColour.values())));
  }

  private Scene several(Draw draw, Layout layout, int[] size, List<Place> places, NamedColour first) {
    Background background = first.background(draw);
    List<NamedColour> colours = colours(draw, first, background);
    List<DrawnIcon> things = things(draw, places.size());
    List<Placed> objects = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      objects.add(placed(draw, things.get(i), colours.get(i), places.get(i), places.get(i).cell(size[0], size[1])));
    }
    objects.sort(Comparator.comparing(Placed::place));
    return scene(draw, layout, size, background, objects);
  }

  /** Three or four objects in a row or a column of tiles. */
  Scene line(Draw draw) {
    int n = draw.between(3, 4);
    boolean row = draw.chance(0.5);
    int[] size = {(row ? n : 1) * unit, (row ? 1 : n) * unit};
    NamedColour first = draw.of(List.of(NamedColour.values()));
    Background background = first.background(draw);
    List<NamedColour> colours = draw.shuffled(colours(draw, first, background).subList(0, n));
    List<DrawnIcon> things = things(draw, n);
    List<Placed> objects = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Cell cell = Cell.of(row ? i : 0, row ? 0 : i, row ? n : 1, row ? 1 : n, size[0], size[1]);
      objects.add(placed(draw, things.get(i), colours.get(i), Place.WHOLE, cell));
    }
    return scene(draw, row ? Layout.ROW : Layout.COLUMN, size, background, objects);
  }

  /** The same object several times, or different ones, scattered over a grid. */
  Scene group(Draw draw, int count, boolean same) {
    int[] size = canvas(draw, SQUARES);
    NamedColour first = draw.of(List.of(NamedColour.values()));
    Background background = first.background(draw);
    List<NamedColour> colours = colours(draw, first, background);
    List<DrawnIcon> things = same ? List.of(draw.of(icons)) : things(draw, count);
    int grid = draw.chance(0.6) ? 2 : 3;
    List<Integer> cells = draw.shuffled(IntStream.range(0, grid * grid).boxed().toList()).subList(0, count).stream()
        .sorted().toList();
    List<Placed> objects = new ArrayList<>();
    int shade = first.shade(draw);
    for (int i = 0; i < count; i++) {
      Cell cell = Cell.of(cells.get(i) % grid, cells.get(i) / grid, grid, grid, size[0], size[1]);
      Placed p = placed(draw, things.get(same ? 0 : i), colours.get(same ? 0 : i), Place.WHOLE, cell);
      objects.add(same ? new Placed(p.icon(), first, shade, p.place(), p.x(), p.y(), p.longest()) : p);
    }
    return scene(draw, same ? Layout.GROUP : Layout.MIXED, size, background, objects);
  }

  /** A word that may be rendered. */
  String word(Draw draw) {
    return draw.of(words);
  }

  /** One to three words of text, as large as fits or a little smaller. */
  Scene text(Draw draw, int wordCount) {
    StringBuilder text = new StringBuilder(draw.of(words));
    for (int i = 1; i < wordCount; i++) {
      text.append(' ').append(draw.of(words));
    }
    int room = (4 * unit - 4 + 1) / (BitmapFont.WIDTH + 1);
    if (text.length() > room) {
      text.setLength(text.charAt(room - 1) == ' ' ? room - 1 : room);
    }
    return text(draw, text.toString());
  }

  /** A given text, which must fit on four tiles. */
  Scene text(Draw draw, String text) {
    int small = signs && text.length() > SHORT ? 2 : 1;
    return text(draw, text, text.length() <= 5 ? draw.between(small, 2) : text.length() <= 10 ? 2 : text.length() <= 15 ? 3 : 4);
  }

  /** A given text on so many tiles side by side, which must hold it. */
  Scene text(Draw draw, String text, int tiles) {
    String shown = switch (signs ? 0 : draw.below(6)) {
      case 0 -> text.toUpperCase(Locale.ROOT);
      case 1 -> Character.toUpperCase(text.charAt(0)) + text.substring(1);
      default -> text;
    };
    int[] size = {tiles * unit, unit};
    NamedColour colour = draw.of(signs ? NamedColour.on(Background.DARK) : List.of(NamedColour.values()));
    Background background = signs ? Background.DARK : colour.background(draw);
    int most = Math.max(1, Math.min((size[0] - 4) / BitmapFont.width(shown), (size[1] - 4) / BitmapFont.HEIGHT));
    int scale = Math.max(1, most > 2 ? draw.between(Math.max(2, most - (signs ? 1 : 2)), most) : most);
    int width = BitmapFont.width(shown) * scale;
    int x = Math.min(2, (size[0] - width) / 2) + draw.below(Math.max(1, size[0] - 4 - width));
    int y = 2 + draw.below(Math.max(1, size[1] - 4 - BitmapFont.HEIGHT * scale));
    return new Scene(Layout.TEXT, size[0], size[1], background, background.shade(draw), List.of(),
        new Line(shown, colour, colour.shade(draw), x, y, scale));
  }

  private Scene scene(Draw draw, Layout layout, int[] size, Background background, List<Placed> objects) {
    return new Scene(layout, size[0], size[1], background, background.shade(draw), List.copyOf(objects), null);
  }

  private Placed placed(Draw draw, DrawnIcon icon, NamedColour colour, Place place, Cell cell) {
    int side = Math.min(cell.width(), cell.height());
    int longest = Math.max(6, (int) (side * (0.8 + 0.2 * draw.fraction()) * icon.extent()));
    int freeX = cell.width() - icon.mask().widthAt(longest);
    int freeY = cell.height() - icon.mask().heightAt(longest);
    // one pixel of margin where there is room, so that neighbours do not touch
    int x = cell.x() + (freeX > 2 ? draw.between(1, freeX - 1) : freeX / 2);
    int y = cell.y() + (freeY > 2 ? draw.between(1, freeY - 1) : freeY / 2);
    return new Placed(icon, colour, colour.shade(draw), place, x, y, longest);
  }

  /** All colours visible on a background, a given one first. */
  private static List<NamedColour> colours(Draw draw, NamedColour first, Background background) {
    List<NamedColour> colours = new ArrayList<>(draw.shuffled(NamedColour.on(background)));
    colours.remove(first);
    colours.add(0, first);
    return colours;
  }

  private List<DrawnIcon> things(Draw draw, int count) {
    List<DrawnIcon> things = new ArrayList<>();
    Set<String> used = new HashSet<>();
    for (int tries = 0; things.size() < count; tries++) {
      DrawnIcon icon = draw.of(icons);
      List<String> label = Labels.words(icon.icon().label());
      if (label.stream().noneMatch(used::contains)) {
        used.addAll(label);
        things.add(icon);
      } else if (tries > 10_000) {
        throw new IllegalArgumentException("fewer than " + count + " different things among " + icons.size()
            + " icons");
      }
    }
    return things;
  }

  private int[] canvas(Draw draw, int[][] choices) {
    int[] tiles = choices[draw.below(choices.length)];
    return new int[] {tiles[0] * unit, tiles[1] * unit};
  }
}

package io.llama3v.data.corpus;

import io.llama3v.data.sample.Sample;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Scenes with captions. */
final class SceneSet implements SampleSet {
  private static final int FEW_LETTERS = 3;
  private final String path;
  private final int size;
  private final long seed;
  private final BitmapFont font;
  private final Function<Draw, Scene> composing;

  /** @param composing makes a scene of what is drawn */
  SceneSet(String path, int size, long seed, BitmapFont font, Function<Draw, Scene> composing) {
    this.path = path;
    this.size = size;
    this.seed = seed;
    this.font = font;
    this.composing = composing;
  }

  /**
   * For the adapter: icons in corners, side by side, in lines and groups, and rendered words. Of a hundred scenes: 25
   * single, 10 in one corner, 25 corners, 6 sides, 6 stacks, 6 lines, 10 groups, 12 words.
   */
  static Function<Draw, Scene> mixed(SceneComposer composer) {
    List<NamedColour> colours = List.of(NamedColour.values());
    return draw -> {
      int kind = draw.below(100);
      if (kind < 25) {
        return composer.single(draw, draw.of(colours));
      } else if (kind < 35) {
        return composer.corner(draw, draw.of(colours), draw.of(Place.CORNERS));
      } else if (kind < 60) {
        return composer.corners(draw);
      } else if (kind < 66) {
        return composer.sides(draw);
      } else if (kind < 72) {
        return composer.stack(draw);
      } else if (kind < 78) {
        return composer.line(draw);
      } else if (kind < 88) {
        return composer.group(draw, draw.between(2, 4), draw.chance(0.8));
      }
      return composer.text(draw, draw.chance(0.6) ? 1 : draw.between(2, 3));
    };
  }

  /** For CLIP: one to three letters on a single tile. */
  static Function<Draw, Scene> letters(SceneComposer composer, Words words) {
    return draw -> composer.text(draw, words.letters(draw, FEW_LETTERS), 1);
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int size() {
    return size;
  }

  private Scene compose(int number) {
    return composing.apply(new Draw(seed, path, number));
  }

  @Override
  public Sample sample(int number, PngWriter png) {
    Scene scene = compose(number);
    List<String> captions = Phrases.sceneCaptions(scene);
    return SampleJson.sample(String.format(Locale.ROOT, "%s-%07d", path.replace('/', '-'), number),
        png.encode(scene.paint(font)), captions.get(0), SampleJson.scene(scene, captions));
  }

  @Override
  public List<String> documents(int number) {
    List<String> captions = Phrases.sceneCaptions(compose(number));
    return List.of(captions.get(number % captions.size()));
  }
}

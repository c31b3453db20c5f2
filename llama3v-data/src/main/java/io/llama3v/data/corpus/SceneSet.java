package io.llama3v.data.corpus;

import io.llama3v.data.sample.Sample;
import java.util.List;
import java.util.Locale;

/** Scenes with captions, for the adapter: icons in corners, side by side, in lines and groups, and rendered words. */
final class SceneSet implements SampleSet {
  private final String path;
  private final SceneComposer composer;
  private final int size;
  private final long seed;
  private final BitmapFont font;

  SceneSet(String path, SceneComposer composer, int size, long seed, BitmapFont font) {
    this.path = path;
    this.composer = composer;
    this.size = size;
    this.seed = seed;
    this.font = font;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int size() {
    return size;
  }

  /** Of a hundred scenes: 25 single, 10 in one corner, 25 corners, 6 sides, 6 stacks, 6 lines, 10 groups, 12 words. */
  private Scene compose(int number) {
    Draw draw = new Draw(seed, path, number);
    List<NamedColour> colours = List.of(NamedColour.values());
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

package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.sample.Sample;
import java.util.List;
import java.util.Locale;

/** Square pictures of single icons, for contrastive training and for retrieval. */
final class IconSet implements SampleSet {
  private final String path;
  private final List<DrawnIcon> icons;
  private final int variants;
  private final int side;
  private final int tags;
  private final long seed;

  /**
   * @param variants pictures of each icon, differing in colour, background, size and position
   * @param config   side of the pictures, tags in a description, seed
   */
  IconSet(String path, List<DrawnIcon> icons, int variants, CorpusConfig config) {
    this.path = path;
    this.icons = icons;
    this.variants = variants;
    this.side = config.iconSide();
    this.tags = config.iconTags();
    this.seed = config.seed();
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int size() {
    return icons.size() * variants;
  }

  private record Plan(DrawnIcon icon, NamedColour colour, Background background, List<String> captions) {}

  private Plan plan(int number, Draw draw) {
    // variants of one icon lie far apart, so that a reader without a shuffle does not see them in a row
    DrawnIcon icon = icons.get(number % icons.size());
    NamedColour colour = draw.of(List.of(NamedColour.values()));
    Background background = icon.mask().coloured() ? draw.of(List.of(Background.values())) : colour.background(draw);
    return new Plan(icon, colour, background, Phrases.iconCaptions(draw, icon.icon(), colour, background, tags));
  }

  @Override
  public Sample sample(int number, PngWriter png) {
    Draw draw = new Draw(seed, path, number);
    Plan plan = plan(number, draw);
    Canvas canvas = new Canvas(side, side, plan.background().shade(draw));
    int longest = Math.max(4, (int) (side * (0.78 + 0.22 * draw.fraction()) * plan.icon().extent()));
    IconMask mask = plan.icon().mask().scaledTo(longest);
    int x = draw.between(0, side - mask.width());
    int y = draw.between(0, side - mask.height());
    // between the middle and anywhere: most pictures are nearly centred
    x = (x + (side - mask.width()) / 2) / 2;
    y = (y + (side - mask.height()) / 2) / 2;
    canvas.paint(mask, x, y, plan.colour().shade(draw));
    Icon icon = plan.icon().icon();
    ObjectNode json = SampleJson.icon(plan.icon()).put("family", icon.family()).put("name", icon.name())
        .put("style", icon.style());
    json.set("tags", SampleJson.texts(icon.tags()));
    json.set("aliases", SampleJson.texts(icon.aliases()));
    json.put("names", Phrases.names(icon, tags)).put("caption", plan.captions().get(0));
    json.set("captions", SampleJson.texts(plan.captions()));
    if (!plan.icon().mask().coloured()) {
      json.put("colour", plan.colour().word());
    }
    json.put("background", plan.background().word()).put("width", side).put("height", side);
    json.set("box", SampleJson.box(new int[] {x, y, x + mask.width(), y + mask.height()}));
    json.putArray("licences").add(IconFamily.of(icon.family()).licence());
    return SampleJson.sample(key(number), png.encode(canvas), plan.captions().get(0), json);
  }

  @Override
  public List<String> documents(int number) {
    return plan(number, new Draw(seed, path, number)).captions();
  }

  private String key(int number) {
    return String.format(Locale.ROOT, "%s-%07d", path.replace('/', '-'), number);
  }
}

package io.llama3v.data.corpus;

import io.llama3v.data.corpus.Scene.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What one says of icons and scenes. */
final class Phrases {
  private static final List<String> NUMBERS = List.of("zero", "one", "two", "three", "four");

  private Phrases() {}

  static String number(int n) {
    return NUMBERS.get(n);
  }

  /** With "a" or "an"; plurals ("red headphones") stand alone. */
  static String withArticle(String noun) {
    if (noun.matches(".*[^suiy]s")) {
      return noun;
    }
    boolean vowel = "aeiou".indexOf(noun.charAt(0)) >= 0 && !noun.matches("(us[eb]|uni|eu|one\\b).*");
    return (vowel ? "an " : "a ") + noun;
  }

  /** "a, b and c". */
  static String list(List<String> parts) {
    int last = parts.size() - 1;
    return last == 0 ? parts.get(0) : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
  }

  /** The plain description used as a retrieval candidate: label and first tags, never a colour. */
  static String names(Icon icon, int tags) {
    List<String> all = new ArrayList<>(List.of(icon.label()));
    all.addAll(icon.tags().subList(0, Math.min(tags, icon.tags().size())));
    return String.join(", ", all);
  }

  /** Several captions of one icon picture with at most {@code most} tags, in drawn order; the first is the main one. */
  static List<String> iconCaptions(Draw draw, Icon icon, NamedColour colour, Background background, int most) {
    List<String> tags = draw.shuffled(icon.tags());
    String some = tags.isEmpty() ? "" : ", " + String.join(", ", tags.subList(0, Math.min(tags.size(),
        draw.between(1, most))));
    String label = icon.label();
    String coloured = icon.coloured() ? label : colour.word() + " " + label;
    List<String> captions = new ArrayList<>();
    captions.add(label + some);
    captions.add(names(icon, most));
    captions.add(icon.coloured() ? "the " + label : withArticle(coloured));
    captions.add(icon.coloured() ? "a picture of the " + label
        : "an icon of " + withArticle(label) + (draw.chance(0.3) ? " on a " + background.word() + " background" : ""));
    if (!icon.style().isEmpty()) {
      captions.add(withArticle(icon.style() + " icon of " + withArticle(label)));
    }
    if (!icon.aliases().isEmpty()) {
      captions.add(draw.of(icon.aliases()) + some);
    }
    return draw.shuffled(captions);
  }

  /** Ways to describe a scene; the first is the main one. */
  static List<String> sceneCaptions(Scene scene) {
    List<String> captions = new ArrayList<>();
    if (scene.layout() == Scene.Layout.TEXT) {
      String quoted = (scene.text().text().contains(" ") ? "text \"" : "word \"") + scene.text().text() + "\"";
      captions.add("the " + quoted + " in " + scene.text().colour().word());
      captions.add("the " + quoted);
      captions.add("a picture of the " + quoted + " on a " + scene.kind().word() + " background");
      return captions;
    }
    String things = describe(scene);
    captions.add(things);
    captions.add("a picture of " + things);
    boolean several = scene.layout() == Scene.Layout.GROUP && scene.objects().size() > 1;
    captions.add("there " + (several ? "are " : "is ") + things);
    return captions;
  }

  private static String describe(Scene scene) {
    List<Placed> objects = scene.objects();
    List<String> named = objects.stream().map(o -> withArticle(o.name())).toList();
    return switch (scene.layout()) {
      case SINGLE, MIXED -> list(named);
      case CORNERS, SIDES, STACK -> list(objects.stream().map(o -> withArticle(o.name()) + " " + o.place().phrase())
          .collect(Collectors.toList()));
      case ROW -> list(named) + " in a row from left to right";
      case COLUMN -> list(named) + " in a column from top to bottom";
      case GROUP -> objects.size() == 1 ? named.get(0)
          : number(objects.size()) + " " + objects.get(0).name() + " icons";
      case TEXT -> throw new IllegalArgumentException("a text has no objects");
    };
  }
}

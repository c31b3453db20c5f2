package io.llama3v.data.document.grounding;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.Box;
import io.llama3v.data.document.ElementBox;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.TextBox;
import io.llama3v.data.sample.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What can be pointed at on pages and on scenes of the icon corpus. A name that two things share points at neither. */
public final class Targets {
  private static final Set<String> LEAVES = Set.of("h1", "h2", "h3", "h4", "h5", "h6", "th", "td", "li", "a", "button", "b", "strong", "em", "i",
      "code", "label", "caption", "dt", "span", "p");
  private static final int LONGEST = 40;

  private Targets() {}

  /** Elements with a short text of their own, and words of at least four letters. */
  public static List<Target> of(Page page, BoxText boxes) {
    List<Target> all = new ArrayList<>();
    for (ElementBox element : page.elements()) {
      if (LEAVES.contains(element.tag()) && element.text().length() >= 2 && element.text().length() <= LONGEST && element.text().indexOf(' ') > 0) {
        all.add(new Target(element.text(), true, element.box()));
      }
    }
    for (TextBox word : page.words()) {
      if (word.text().length() >= 4 && word.text().length() <= LONGEST && word.text().chars().allMatch(Character::isLetterOrDigit)) {
        all.add(new Target(word.text(), true, word.box()));
      }
    }
    return unique(all, page.text(), boxes);
  }

  /**
   * The icons of a scene of the corpus; empty where it has none, or a colour and name occur twice.
   *
   * @param scene a sample with {@code objects} in its JSON
   */
  public static List<Target> of(Sample scene, BoxText boxes) {
    List<Target> all = new ArrayList<>();
    for (JsonNode object : scene.json().path("objects")) {
      String label = object.path("label").asText();
      if (label.isEmpty() || !object.has("box")) continue;
      String colour = object.path("colour").asText("");
      all.add(new Target(colour.isEmpty() ? label : colour + " " + label, false, Box.of(object.path("box"))));
    }
    List<Target> unique = unique(all, "", boxes);
    return unique.size() == all.size() ? unique : List.of();
  }

  /** Some of them, none on top of another, in reading order. */
  public static List<Target> choose(Draw draw, List<Target> targets, int most) {
    List<Target> chosen = new ArrayList<>();
    for (Target target : draw.shuffled(targets)) {
      if (chosen.size() < most && chosen.stream().noneMatch(c -> c.box().overlaps(target.box()))) chosen.add(target);
    }
    chosen.sort((a, b) -> a.box().top() != b.box().top() ? Integer.compare(a.box().top(), b.box().top()) : Integer.compare(a.box().left(), b.box().left()));
    return chosen;
  }

  /** A name on a page must occur in its text once, and not as a part of something longer. */
  private static List<Target> unique(List<Target> all, String text, BoxText boxes) {
    Map<String, Integer> counts = new HashMap<>();
    all.forEach(t -> counts.merge(t.name(), 1, Integer::sum));
    return all.stream().filter(t -> counts.get(t.name()) == 1 && !boxes.occursIn(t.name()) && !t.name().contains("\"")
        && (text.isEmpty() || occurrences(text, t.name()) == 1)).toList();
  }

  private static int occurrences(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) count++;
    return count;
  }
}

package io.llama3v.data.corpus;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Chooses icons for retrieval: in a fixed drawn order, one of each concept and of each description, so that exactly
 * one candidate is right. Company logos and flags are left out, since their names say nothing about the drawing.
 */
final class EvalIcons {
  private EvalIcons() {}

  static List<DrawnIcon> choose(List<DrawnIcon> icons, CorpusConfig config) {
    Draw draw = new Draw(config.seed(), "eval icons", icons.size());
    Set<String> concepts = new HashSet<>();
    Set<String> names = new HashSet<>();
    return draw.shuffled(IntStream.range(0, icons.size()).boxed().toList()).stream().map(icons::get)
        .filter(i -> !i.icon().properName())
        .filter(i -> concepts.add(i.concept()) & names.add(Phrases.names(i.icon(), config.iconTags()))).limit(config.evalIcons()).toList();
  }
}

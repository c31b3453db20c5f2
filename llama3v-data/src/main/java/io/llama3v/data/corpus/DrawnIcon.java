package io.llama3v.data.corpus;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An icon ready to paint, with its place in the split. */
record DrawnIcon(Icon icon, String concept, IconSplit split, IconMask mask) {
  private static final Set<String> ANSWERS = Stream.concat(Arrays.stream(NamedColour.values()).map(NamedColour::word),
      Stream.of("left", "right", "top", "bottom", "upper", "lower", "corner", "center", "middle", "one", "two", "three",
          "four")).collect(Collectors.toUnmodifiableSet());

  /** The share of its frame's side that the longer side fills: between a dot and a full frame. */
  double extent() {
    double fill = (double) Math.max(mask.width(), mask.height()) / IconRasterizer.SIZE;
    return Math.max(0.55, Math.min(0.9, fill));
  }

  /**
   * Whether it can be spoken of in a sentence and asked about: one or two words of letters, no company and no flag, and
   * no word that is itself a colour, a place or a number, which would give answers away.
   */
  boolean nameable() {
    List<String> words = Labels.words(icon.label());
    return !icon.properName() && words.size() <= 2
        && words.stream().allMatch(w -> w.length() >= 3 && !ANSWERS.contains(w) && w.chars().allMatch(c -> c >= 'a' && c <= 'z'));
  }
}

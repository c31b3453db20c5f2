package io.llama3v.data.corpus;

import io.llama3v.tensor.Mix64;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits icons by what they show. Icons show the same concept when their names have the same words
 * ({@link Labels#conceptKey}), when one is an alias of the other, or when their drawings are the same bytes; chains of
 * these make one concept. A hash of the concept decides the split, so that one concept falls on one side in every
 * family, and Font Awesome as a whole is kept apart.
 */
final class Concepts {
  static final IconFamily HELD_OUT_FAMILY = IconFamily.FONT_AWESOME;
  private static final double HELDOUT = 0.08;
  private static final double VALIDATION = 0.03;
  private final Map<String, String> parent = new HashMap<>();
  private final long seed;

  Concepts(List<Icon> icons, long seed) {
    this.seed = seed;
    Map<Integer, Icon> drawings = new HashMap<>();
    for (Icon icon : icons) {
      if (icon.family().equals(HELD_OUT_FAMILY.family())) {
        continue; // decides nothing: no icon of it is trained on
      }
      String key = Labels.conceptKey(icon.label());
      join(key, Labels.conceptKey(icon.name()));
      icon.aliases().forEach(alias -> join(key, Labels.conceptKey(alias)));
      Icon twin = drawings.putIfAbsent(Arrays.hashCode(icon.svg()), icon);
      if (twin != null && Arrays.equals(twin.svg(), icon.svg())) {
        join(key, Labels.conceptKey(twin.label()));
      }
    }
  }

  /** The name of the concept: the alphabetically first word set that leads to it. */
  String concept(Icon icon) {
    return root(Labels.conceptKey(icon.label()));
  }

  IconSplit split(Icon icon) {
    if (icon.family().equals(HELD_OUT_FAMILY.family())) {
      return IconSplit.FAMILY;
    }
    double u = (Mix64.mix(seed, Mix64.mix(concept(icon))) >>> 11) * 0x1p-53;
    return u < HELDOUT ? IconSplit.HELDOUT : u < HELDOUT + VALIDATION ? IconSplit.VALIDATION : IconSplit.TRAIN;
  }

  private String root(String key) {
    String root = key;
    for (String up = parent.get(root); up != null; up = parent.get(root)) {
      root = up;
    }
    return root;
  }

  private void join(String a, String b) {
    String x = root(a);
    String y = root(b);
    if (!x.equals(y)) {
      boolean first = x.compareTo(y) < 0;
      parent.put(first ? y : x, first ? x : y);
    }
  }
}

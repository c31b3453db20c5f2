package io.llama3v.data.corpus;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** From icon names to words. */
final class Labels {
  /** Say how something is drawn, not what it is. */
  private static final Set<String> STYLE = Set.of("outline", "outlined", "filled", "fill", "variant", "alt", "rounded",
      "round", "small", "big", "lg", "sm", "thin");
  /** Frames around a drawing: the same thing inside remains the same concept. */
  private static final Set<String> FRAME = Set.of("box", "circle", "square", "octagon", "hexagon", "diamond",
      "rhombus", "rectangle");

  private Labels() {}

  /** The words of a hyphenated name, style words left out unless nothing would remain. */
  static String label(String name) {
    List<String> words = words(name);
    List<String> kept = words.stream().filter(w -> !STYLE.contains(w)).toList();
    return String.join(" ", kept.isEmpty() ? words : kept);
  }

  /** "outline" or "filled" where the name says so, else empty. */
  static String style(String name) {
    List<String> words = words(name);
    if (words.contains("outline") || words.contains("outlined")) {
      return "outline";
    }
    return words.contains("fill") || words.contains("filled") ? "filled" : "";
  }

  /**
   * What decides the split: the set of words of a name, without style words and frames ("account circle" is an
   * account) unless nothing would remain, plural s removed, sorted. It depends on the set of words only, so that
   * "dots horizontal circle" and "dots circle horizontal" are one.
   */
  static String conceptKey(String name) {
    List<String> words = words(label(name));
    List<String> inside = words.stream().filter(w -> !FRAME.contains(w)).toList();
    Set<String> key = new TreeSet<>();
    for (String w : inside.isEmpty() ? words : inside) {
      key.add(w.length() > 3 && w.endsWith("s") && !w.endsWith("ss") ? w.substring(0, w.length() - 1) : w);
    }
    return String.join(" ", key);
  }

  /** Tags as their makers write them ("Date / Time", "Home Automation") in lower case, parts apart, none twice. */
  static List<String> tags(Iterable<String> raw) {
    Set<String> tags = new LinkedHashSet<>();
    for (String tag : raw) {
      for (String part : tag.split("[/+]")) {
        String words = String.join(" ", words(part));
        if (!words.isEmpty() && words.length() <= 40) {
          tags.add(words);
        }
      }
    }
    return List.copyOf(tags);
  }

  /** Lower-case words of letters and digits. */
  static List<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{Nd}']+")).filter(w -> !w.isEmpty()).toList();
  }

  static List<String> distinct(List<String> list, String without) {
    Set<String> set = new LinkedHashSet<>(list);
    set.remove(without);
    return List.copyOf(set);
  }
}

package io.llama3v.data.corpus;

import java.util.List;

/** An icon ready to paint, with its place in the split. */
record DrawnIcon(Icon icon, String concept, IconSplit split, IconMask mask) {

  /** The share of its frame's side that the longer side fills: between a dot and a full frame. */
  double extent() {
    double fill = (double) Math.max(mask.width(), mask.height()) / IconRasterizer.SIZE;
    return Math.max(0.55, Math.min(0.9, fill));
  }

  /** Whether it can be spoken of in a sentence: one or two words of letters, no company and no flag. */
  boolean nameable() {
    List<String> words = Labels.words(icon.label());
    return !icon.properName() && words.size() <= 2
        && words.stream().allMatch(w -> w.length() >= 3 && w.chars().allMatch(c -> c >= 'a' && c <= 'z'));
  }
}

package io.llama3v.data.corpus;

import io.llama3v.tensor.Mix64;
import java.util.List;
import java.util.TreeSet;

/** Words to be rendered and read: those of the icons' labels and tags, split by hash, so that some are never seen. */
final class Words {
  static final int SHORTEST = 3;
  static final int LONGEST = 7;
  private final List<String> words;
  private final long seed;
  private final int longest;

  /** @param longest letters of the longest word */
  Words(Iterable<DrawnIcon> icons, long seed, int longest) {
    this.longest = longest;
    TreeSet<String> all = new TreeSet<>();
    for (DrawnIcon icon : icons) {
      add(all, icon.icon().label());
      icon.icon().tags().forEach(tag -> add(all, tag));
    }
    this.words = List.copyOf(all);
    this.seed = seed;
  }

  /** The words of a split; a tenth is held out, another twentieth for validation. */
  List<String> of(IconSplit split) {
    return words.stream().filter(w -> {
      long bucket = Long.remainderUnsigned(Mix64.mix(seed, Mix64.mix(w)), 20);
      return split == (bucket < 2 ? IconSplit.HELDOUT : bucket < 3 ? IconSplit.VALIDATION : IconSplit.TRAIN);
    }).toList();
  }

  /** One or more letters at random. */
  static String letters(Draw draw, int longest) {
    StringBuilder word = new StringBuilder();
    for (int left = draw.between(1, longest); left > 0; left--) {
      word.append((char) ('a' + draw.below(26)));
    }
    return word.toString();
  }

  private void add(TreeSet<String> all, String text) {
    for (String word : Labels.words(text)) {
      if (word.length() >= SHORTEST && word.length() <= longest && word.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
        all.add(word);
      }
    }
  }
}

package io.llama3v.data.corpus;

import io.llama3v.tensor.Mix64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Words to be rendered and read: those of the icons' labels and tags, split by hash, so that some are never seen. */
final class Words {
  static final int SHORTEST = 3;
  static final int LONGEST = 7;
  private final List<String> words;
  private final Set<String> known;
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
    this.known = all;
    this.seed = seed;
  }

  /** The words of a split; a tenth is held out, another twentieth for validation. */
  List<String> of(IconSplit split) {
    return words.stream().filter(w -> {
      long bucket = Long.remainderUnsigned(Mix64.mix(seed, Mix64.mix(w)), 20);
      return split == (bucket < 2 ? IconSplit.HELDOUT : bucket < 3 ? IconSplit.VALIDATION : IconSplit.TRAIN);
    }).toList();
  }

  /** One or more letters at random that are not one of the words, so that those held out stay unseen. */
  String letters(Draw draw, int most) {
    while (true) {
      StringBuilder drawn = new StringBuilder();
      for (int left = draw.between(1, most); left > 0; left--) {
        drawn.append((char) ('a' + draw.below(26)));
      }
      if (!known.contains(drawn.toString())) {
        return drawn.toString();
      }
    }
  }

  private void add(TreeSet<String> all, String text) {
    for (String word : Labels.words(text)) {
      if (word.length() >= SHORTEST && word.length() <= longest && word.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
        all.add(word);
      }
    }
  }
}

package io.llama3v.data.curate.ngram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The automaton against a search for each entry by itself. */
class NGramMatcherTest {
  private static Set<String> found(NGramMatcher matcher, Vocabulary vocabulary, String text) {
    int n = matcher.match(text);
    Set<String> found = new TreeSet<>();
    for (int i = 0; i < n; i++) found.add(vocabulary.entry(matcher.hits()[i]));
    assertEquals(n, found.size(), "an entry was found twice in: " + text);
    return found;
  }

  private static Set<String> bySearch(List<String> entries, String text) {
    // Written out apart from Spacing: pad, set marks apart, blanks.
    String padded = " " + text + " ";
    for (String mark : new String[] {",", ".", ";", ":", "?", "!", "`"}) padded = padded.replace(mark, " " + mark + " ");
    padded = padded.replace('\t', ' ').replace('\n', ' ').replace('\r', ' ');
    Set<String> found = new TreeSet<>();
    for (String entry : entries) if (padded.contains(" " + entry + " ")) found.add(entry);
    return found;
  }

  @Test
  void byHand() {
    List<String> entries = List.of("red", "red car", "car", "a red", "Car", "fire engine red", "!", "new york");
    Vocabulary vocabulary = Vocabulary.of(entries);
    NGramMatcher matcher = new NGramMatcher(vocabulary);
    assertEquals(Set.of("red", "a red", "red car", "car"), found(matcher, vocabulary, "a red car"));
    assertEquals(Set.of("red", "car", "!"), found(matcher, vocabulary, "red, car!"), "a mark stands between them");
    assertEquals(Set.of(), found(matcher, vocabulary, "reds cars"), "words only");
    assertEquals(Set.of("Car"), found(matcher, vocabulary, "Car RED"), "case counts");
    assertEquals(Set.of("red", "car"), found(matcher, vocabulary, "red  car"), "two spaces are not one");
    assertEquals(Set.of("new york", "red"), found(matcher, vocabulary, "new\tyork\nred"));
    assertEquals(Set.of("fire engine red", "red"), found(matcher, vocabulary, "fire engine red red red"));
    assertEquals(Set.of(), found(matcher, vocabulary, ""));
  }

  @Test
  void randomTextsAgreeWithSearch() {
    Random random = new Random(7);
    String[] tokens = {"a", "b", "ab", "ba", "aa", "aab", "é", "ée", "图", "图画", "x-y", "z"};
    for (int round = 0; round < 30; round++) {
      Set<String> set = new LinkedHashSet<>();
      for (int i = 0; i < 60; i++) set.add(phrase(random, tokens, 1 + random.nextInt(4), " "));
      List<String> entries = new ArrayList<>(set);
      Vocabulary vocabulary = Vocabulary.of(entries);
      NGramMatcher first = new NGramMatcher(vocabulary);
      NGramMatcher fork = first.fork();
      for (int t = 0; t < 100; t++) {
        String text = phrase(random, tokens, random.nextInt(12), random.nextInt(4) == 0 ? ", " : " ")
            + (random.nextInt(5) == 0 ? "!" : "") + (random.nextInt(5) == 0 ? "\n" + tokens[random.nextInt(tokens.length)] : "");
        assertEquals(bySearch(entries, text), found(t % 2 == 0 ? first : fork, vocabulary, text), text);
      }
    }
  }

  private static String phrase(Random random, String[] tokens, int n, String between) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < n; i++) words.add(tokens[random.nextInt(tokens.length)]);
    return String.join(between, words);
  }

  @Test
  void manyRandomEntriesFillManyBlocks() {
    Random random = new Random(3);
    Set<String> set = new LinkedHashSet<>();
    while (set.size() < 20_000) {
      StringBuilder entry = new StringBuilder();
      for (int i = 3 + random.nextInt(10); i > 0; i--) entry.append((char) ('!' + 12 + random.nextInt(12 + random.nextInt(60))));
      String e = entry.toString();
      if (Spacing.canOccur(e)) set.add(e);
    }
    List<String> entries = new ArrayList<>(set);
    Vocabulary vocabulary = Vocabulary.of(entries);
    NGramMatcher matcher = new NGramMatcher(vocabulary);
    for (int i = 0; i < entries.size(); i++) {
      assertEquals(Set.of(entries.get(i)), found(matcher, vocabulary, entries.get(i)));
      assertEquals(bySearch(entries.subList(i, i + 1), entries.get(i) + "x").isEmpty(), !found(matcher, vocabulary,
          entries.get(i) + "x").contains(entries.get(i)));
    }
    String all = String.join(" ", entries.subList(0, 500));
    assertEquals(new TreeSet<>(entries.subList(0, 500)), found(matcher, vocabulary, all));
  }

  @Test
  void bytesOutsideTheRangeAreNotRead() {
    Vocabulary vocabulary = Vocabulary.of(List.of("red", "a"));
    NGramMatcher matcher = new NGramMatcher(vocabulary);
    byte[] bytes = "a red".getBytes(StandardCharsets.UTF_8);
    assertEquals(1, matcher.match(bytes, 2, 3));
    assertEquals(0, matcher.hits()[0]);
    assertEquals(0, matcher.match(bytes, 2, 2));
  }

  @Test
  void unusableEntriesAreRefused() {
    String message = assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(List.of("ok", "U.S."))).getMessage();
    assertEquals(true, message.contains("entry 2") && message.contains("U.S."), message);
    assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(List.of("a", "a")));
    assertThrows(IllegalArgumentException.class, () -> Vocabulary.of(Arrays.asList("a", " ")));
  }
}

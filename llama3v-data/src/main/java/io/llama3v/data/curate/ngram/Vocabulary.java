package io.llama3v.data.curate.ngram;

import io.llama3v.data.format.TextLines;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The n-grams by which captions are balanced, numbered in order. Immutable. {@link VocabularyBuilder} makes one from reference text.
 *
 * <p>As a file: UTF-8, one entry a line, followed by a tab and where it comes from.
 */
public final class Vocabulary {
  /** Entries beyond this are refused when a file is read. */
  public static final int MAX_ENTRIES = 10_000_000;
  /** Characters of the longest entry. */
  public static final int MAX_LENGTH = 256;
  private final String[] entries;
  private final String[] origins;

  Vocabulary(List<String> entries, List<String> origins) {
    this.entries = entries.toArray(String[]::new);
    this.origins = origins.toArray(String[]::new);
  }

  /**
   * A vocabulary of these entries.
   *
   * @throws IllegalArgumentException if an entry stands twice, is empty, too long, or can never be found in a caption
   */
  public static Vocabulary of(List<String> entries) {
    Map<String, Integer> seen = new HashMap<>();
    for (String entry : entries) {
      String fault = fault(entry, seen);
      if (fault != null) throw new IllegalArgumentException("vocabulary entry " + (seen.size() + 1) + ": " + fault);
      seen.put(entry, seen.size() + 1);
    }
    return new Vocabulary(entries, entries.stream().map(e -> "list").toList());
  }

  private static String fault(String entry, Map<String, Integer> seen) {
    if (entry.isBlank()) return "is empty; delete the line";
    if (entry.length() > MAX_LENGTH) return "has " + entry.length() + " characters; at most " + MAX_LENGTH;
    if (!Spacing.canOccur(entry)) {
      return "'" + entry + "' can never be found: captions have spaces around , . ; : ? ! ` and none other than spaces between words";
    }
    Integer first = seen.get(entry);
    return first == null ? null : "'" + entry + "' stands at " + first + " already";
  }

  /** Reads a file that {@link #save} wrote, or a plain list of entries, one a line. */
  public static Vocabulary load(Path file) throws IOException {
    List<String> entries = new ArrayList<>();
    List<String> origins = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    TextLines.forEach(file, (line, number) -> {
      int tab = line.indexOf('\t');
      String entry = tab < 0 ? line : line.substring(0, tab);
      String fault = entries.size() == MAX_ENTRIES ? "more than " + MAX_ENTRIES + " entries" : fault(entry, seen);
      if (fault != null) throw new IOException(file + ":" + number + ": " + fault);
      entries.add(entry);
      origins.add(tab < 0 ? "list" : line.substring(tab + 1));
      seen.put(entry, entries.size());
    });
    return new Vocabulary(entries, origins);
  }

  /** Writes or replaces a file. */
  public void save(Path file) throws IOException {
    AtomicFiles.write(file, channel -> {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < entries.length; i++) {
        text.append(entries[i]).append('\t').append(origins[i]).append('\n');
        if (text.length() > 1 << 16 || i == entries.length - 1) {
          AtomicFiles.writeFully(channel, StandardCharsets.UTF_8.encode(text.toString()));
          text.setLength(0);
        }
      }
    });
  }

  /** SHA-256 of the entries in their order: names what counts and thresholds belong to. */
  public String fingerprint() {
    MessageDigest digest = Digests.sha256();
    for (String entry : entries) digest.update((entry + '\n').getBytes(StandardCharsets.UTF_8));
    return Digests.hex(digest);
  }

  String[] entries() {
    return entries;
  }

  /** Number of entries. */
  public int size() {
    return entries.length;
  }

  /** The entry with a number. */
  public String entry(int index) {
    return entries[index];
  }

  /** Where an entry comes from: {@code number}, {@code unigram}, {@code bigram}, {@code title}, or a list's name. */
  public String origin(int index) {
    return origins[index];
  }
}

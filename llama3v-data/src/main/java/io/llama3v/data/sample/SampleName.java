package io.llama3v.data.sample;

import java.util.Locale;
import java.util.Optional;

/**
 * The WebDataset naming rule. The key is everything up to the first dot of the base name, directories included; the
 * extension is the rest, in lower case: {@code a/b.seg.PNG} is member {@code seg.png} of sample {@code a/b}. Names
 * without a dot, names whose base begins with a dot, and those with a part of the form {@code __x__} (shard metadata)
 * belong to no sample.
 */
public record SampleName(String key, String extension) {

  /** Splits a member name; empty if the member belongs to no sample. */
  public static Optional<SampleName> parse(String memberName) {
    int base = memberName.lastIndexOf('/') + 1;
    int dot = memberName.indexOf('.', base);
    if (dot <= base || dot == memberName.length() - 1) {
      return Optional.empty();
    }
    for (String part : memberName.split("/")) {
      if (part.length() > 4 && part.startsWith("__") && (part.endsWith("__") || part.contains("__."))) {
        return Optional.empty();
      }
    }
    return Optional.of(new SampleName(memberName.substring(0, dot),
        memberName.substring(dot + 1).toLowerCase(Locale.ROOT)));
  }
}

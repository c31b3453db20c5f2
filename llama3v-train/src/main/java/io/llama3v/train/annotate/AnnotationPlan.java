package io.llama3v.train.annotate;

import io.llama3v.train.stage.ClipPicture;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which pictures are shown, in which order, and what is asked.
 *
 * @param data pattern of tar shards, or a folder of pictures
 * @param descriptor folder of the CLIP or copy-detection checkpoint whose vectors make clusters and neighbours; null for neither
 * @param picture how that CLIP was shown pictures
 * @param questions what to ask; empty for a question of each sample's {@code conversations}, or, where it has none, for its description
 * @param pool pictures taken from the data at random
 * @param clusters of the pool
 * @param items drawn from the clusters; the one number that may grow later
 * @param tasks what people do
 * @param people how many answer an item that is shared, 1 or more
 * @param shared share of the items that several people answer, 0 to 1
 * @param like keys or names of pictures whose neighbours come first
 * @param grow how many neighbours
 * @param seed of all that is drawn
 */
public record AnnotationPlan(String data, Path descriptor, ClipPicture picture, List<String> questions, int pool, int clusters, int items,
    Set<Task> tasks, int people, double shared, List<String> like, int grow, long seed) {
  /** Checks the ranges. */
  public AnnotationPlan {
    questions = List.copyOf(questions);
    like = List.copyOf(like);
    tasks = tasks.isEmpty() ? EnumSet.allOf(Task.class) : EnumSet.copyOf(tasks);
    require("pool", pool, 1_000_000);
    require("clusters", clusters, 1 << 16);
    require("items", items, 1_000_000);
    require("people", people, 100);
    require("grow", grow, 1000);
    if (!(shared >= 0 && shared <= 1)) throw new IllegalArgumentException("shared: " + shared + "; expected a share from 0 to 1");
    if (questions.stream().anyMatch(String::isBlank)) throw new IllegalArgumentException("a question is empty");
  }

  private static void require(String name, int value, int most) {
    if (value < 1 || value > most) throw new IllegalArgumentException(name + ": " + value + "; expected 1 to " + most);
  }

  /** What may not change while answers are collected. */
  Map<String, String> fixed() {
    Map<String, String> fixed = new LinkedHashMap<>();
    fixed.put("data", data);
    fixed.put("descriptor", descriptor == null ? "none" : descriptor.toString());
    fixed.put("question", questions.toString());
    fixed.put("pool", String.valueOf(pool));
    fixed.put("clusters", String.valueOf(clusters));
    fixed.put("task", EnumSet.copyOf(tasks).toString());
    fixed.put("people", String.valueOf(people));
    fixed.put("shared", String.valueOf(shared));
    fixed.put("seed", String.valueOf(seed));
    return fixed;
  }
}

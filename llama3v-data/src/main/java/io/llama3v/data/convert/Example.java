package io.llama3v.data.convert;

import java.util.List;

/**
 * One entry of an academic set.
 *
 * @param id       unique in the set
 * @param pictures what it is about; empty for text alone
 * @param task     what is asked
 * @param metric   how answers are scored; null where the set is no benchmark
 * @param group    part of the set that is reported apart; empty for none
 * @param marked   whether {@code <image 1>}, {@code <image 2>} … in the texts say where the pictures stand; otherwise they come first
 */
public record Example(String id, List<Picture> pictures, Task task, Metric metric, String group, boolean marked) {
  public Example {
    pictures = List.copyOf(pictures);
  }

  /** About one picture that comes first. */
  public static Example of(String id, Picture picture, Task task, Metric metric, String group) {
    return new Example(id, List.of(picture), task, metric, group, false);
  }
}

package io.llama3v.data.convert.source;

import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * ScienceQA: {@code problems.json}, an object by problem id, each {@code {"question", "choices": [texts], "answer": index, "hint",
 * "image": "image.png" or null, "task", "grade", "subject", "topic", "category", "skill", "lecture", "solution", "split"}}. Pictures:
 * {@code SPLIT/ID/image.png}. Source: lupantech/ScienceQA, {@code data/scienceqa/problems.json} and {@code models/base_prompt.py}.
 *
 * <p>Half the problems have no picture and become conversations of text. {@code hint} is what is to be read before the question,
 * {@code solution} why the answer is right.
 */
public final class ScienceQa implements ExampleSource {
  private final JsonElements problems;
  private final String split;
  private final boolean picturesOnly;
  private final Skips skips = new Skips();

  private ScienceQa(JsonElements problems, String split, boolean picturesOnly) {
    this.problems = problems;
    this.split = split;
    this.picturesOnly = picturesOnly;
  }

  /**
   * Opens a file.
   *
   * @param split        {@code train}, {@code val} or {@code test}; null for all
   * @param picturesOnly whether problems without a picture are passed over
   */
  public static ScienceQa open(Path file, String split, boolean picturesOnly) throws IOException {
    return new ScienceQa(JsonElements.fields(file), split, picturesOnly);
  }

  @Override
  public Example next() throws IOException {
    for (JsonView p = problems.next(); p != null; p = problems.next()) {
      if (split != null && !p.text("split").equals(split)) {
        skips.add("other-split");
      } else if (picturesOnly && !p.has("image")) {
        skips.add("no-picture");
      } else {
        return example(p);
      }
    }
    return null;
  }

  private static Example example(JsonView p) {
    List<String> choices = p.texts("choices");
    int right = (int) p.integer("answer");
    if (choices.size() < 2 || choices.size() > 26 || right < 0 || right >= choices.size()) {
      throw p.bad("answer", "expected the place of one of 2 to 26 choices, counted from 0, found " + right + " of " + choices.size());
    }
    String image = p.textOrNull("image");
    List<Picture> pictures = image == null ? List.of()
        : List.of(new Picture.Named(p.text("split") + "/" + p.name() + "/" + image, List.of(p.name() + "/" + image)));
    return new Example(p.name(), pictures, new Task.Choice(p.text("question"), blankToNull(p.textOrNull("hint")), choices, right,
        blankToNull(p.textOrNull("solution"))), Metric.MULTIPLE_CHOICE, p.textOrNull("subject"), false);
  }

  private static String blankToNull(String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  @Override
  public Map<String, Long> skipped() {
    return skips.counts();
  }

  @Override
  public String name() {
    return "scienceqa";
  }

  @Override
  public void close() throws IOException {
    problems.close();
  }
}

package io.llama3v.data.convert.source;

import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.data.format.TextLines;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * AI2D: a folder {@code questions} of files {@code 0.png.json}, {@code {"imageName": "0.png", "questions": {"What is A in the diagram?":
 * {"abcLabel": true, "answerTexts": [four], "correctAnswer": 3, "questionId": "0.png-0"}}}}. Source: allenai.org/data/diagrams (its
 * README), and google-research/pix2struct, {@code preprocessing/convert_ai2d.py}; the test split is the list of picture numbers in
 * {@code ai2d_test_ids.csv} of the same.
 *
 * <p>Where {@code abcLabel} is true the question speaks of letters, which are only in the pictures of another folder: those where each
 * label is covered by a box with a letter, or, as Llama 3 reports it, where the box is transparent. Name the folder of the variant that
 * is wanted. Without one such questions are passed over and counted, because the plain picture does not answer them.
 */
public final class Ai2d implements ExampleSource {
  private static final long FILE_BYTES = 1 << 20;
  private final Iterator<Path> files;
  private final String labelled;
  private final Set<String> ids;
  private final boolean wanted;
  private final ArrayDeque<Example> ready = new ArrayDeque<>();
  private final Skips skips = new Skips();

  private Ai2d(Iterator<Path> files, String labelled, Set<String> ids, boolean wanted) {
    this.files = files;
    this.labelled = labelled;
    this.ids = ids;
    this.wanted = wanted;
  }

  /**
   * Opens a folder of question files.
   *
   * @param labelled folder of the pictures with letters, below that of all pictures; null for none
   * @param ids      CSV of picture numbers, one a line; null for all pictures
   * @param wanted   whether those of {@code ids} are taken (test), or all others (training)
   */
  public static Ai2d open(Path questions, String labelled, Path ids, boolean wanted) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(questions)) {
      files = all.filter(f -> f.getFileName().toString().endsWith(".json")).sorted().toList();
    }
    if (files.isEmpty()) throw new ConvertException(questions + ": expected files NUMBER.png.json, found none");
    return new Ai2d(files.iterator(), labelled, ids == null ? null : numbers(ids), wanted);
  }

  private static Set<String> numbers(Path csv) throws IOException {
    Set<String> numbers = new HashSet<>();
    TextLines.forEach(csv, (line, number) -> {
      if (!line.isBlank()) numbers.add(line.strip());
    });
    return numbers;
  }

  @Override
  public Example next() throws IOException {
    while (ready.isEmpty() && files.hasNext()) {
      Path file = files.next();
      JsonView all = JsonView.of(file, 0, Json.read(file, FILE_BYTES));
      String image = all.text("imageName");
      if (ids != null && ids.contains(image.replaceFirst("\\.[^.]*$", "")) != wanted) {
        skips.add("other-split");
        continue;
      }
      for (JsonView q : all.fields("questions")) add(image, q);
    }
    return ready.poll();
  }

  private void add(String image, JsonView q) {
    boolean letters = q.flag("abcLabel");
    if (letters && labelled == null) {
      skips.add("needs-labelled-picture");
      return;
    }
    List<String> options = q.texts("answerTexts");
    Picture picture = letters ? new Picture.Named(labelled + "/" + image) : new Picture.Named(image, List.of("images/" + image));
    int right = (int) q.integer("correctAnswer");
    if (options.size() < 2 || right < 0 || right >= options.size()) {
      throw q.bad("correctAnswer", "expected the place of one of " + options.size() + " answers, counted from 0, found " + right);
    }
    ready.add(Example.of(q.text("questionId"), picture, new Task.Choice(q.name(), null, options, right, null), Metric.MULTIPLE_CHOICE,
        letters ? "labels" : "no labels"));
  }

  @Override
  public Map<String, Long> skipped() {
    return skips.counts();
  }

  @Override
  public String name() {
    return "ai2d";
  }

  @Override
  public void close() {}
}

package io.llama3v.data.convert.source;

import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.JsonView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MMMU: Parquet files as on the Hugging Face hub, or the same rows as JSON. A row is {@code {"id": "validation_Accounting_1", "question",
 * "options": "['$6', '$7']", "explanation", "image_1" … "image_7": {"bytes", "path"} or null, "img_type", "answer": "B",
 * "topic_difficulty", "question_type": "multiple-choice" or "open", "subfield"}}; {@code options} is a list as Python prints it, and so is
 * {@code answer} of open questions that have several. Texts say where pictures stand: {@code <image 1>}. In rows of JSON a picture is a
 * path, or the object with a path. Source: MMMU/MMMU on the Hugging Face hub (data card), and MMMU-Benchmark/MMMU,
 * {@code mmmu/utils/data_utils.py}.
 *
 * <p>Scored by subject, which is the middle of the id. Rows of the test split, whose answer is {@code ?}, are passed over and counted.
 */
public final class Mmmu implements ExampleSource {
  private static final int PICTURES = 7;
  private static final Pattern SUBJECT = Pattern.compile("(?:dev|validation|test)_(.+)_\\d+");
  private static final Pattern MARK = Pattern.compile("<image (\\d)>");
  private final MmmuRows rows;
  private final Skips skips = new Skips();

  private Mmmu(MmmuRows rows) {
    this.rows = rows;
  }

  /** Opens files that end in {@code .parquet}, {@code .json} (a list) or {@code .jsonl}. */
  public static Mmmu open(List<Path> files) {
    return new Mmmu(new MmmuRows(files));
  }

  @Override
  public Example next() throws IOException {
    for (MmmuRows.Row row = rows.next(); row != null; row = rows.next()) {
      String answer = row.view().text("answer");
      if (answer.isBlank() || answer.equals("?")) {
        skips.add("no-answer");
      } else {
        return example(row, answer);
      }
    }
    return null;
  }

  private static Example example(MmmuRows.Row row, String answer) {
    JsonView v = row.view();
    String id = v.id("id");
    String question = v.text("question");
    Matcher subject = SUBJECT.matcher(id);
    String group = subject.matches() ? subject.group(1) : "";
    String type = v.text("question_type");
    return switch (type) {
      case "multiple-choice" -> {
        List<String> options = list(v, "options");
        int right = answer.length() == 1 ? answer.charAt(0) - 'A' : -1;
        if (options.size() < 2 || right < 0 || right >= options.size()) {
          throw v.bad("answer", "expected the letter of one of " + options.size() + " options, found '" + answer + "'");
        }
        yield new Example(id, pictures(row, id, question + String.join(" ", options)),
            new Task.Choice(question, null, options, right, explanation(v)), Metric.MULTIPLE_CHOICE, group, true);
      }
      case "open" -> {
        List<String> answers = answer.startsWith("[") ? list(v, "answer") : List.of(answer);
        if (answers.isEmpty()) throw v.bad("answer", "expected an answer, found an empty list");
        yield new Example(id, pictures(row, id, question), new Task.ShortAnswer(question, answers.get(0), answers, null), Metric.OPEN_ANSWER, group, true);
      }
      default -> throw v.bad("question_type", "expected multiple-choice or open, found '" + type + "'");
    };
  }

  private static String explanation(JsonView v) {
    String text = v.textOrNull("explanation");
    return text == null || text.isBlank() || text.equals("?") ? null : text.strip();
  }

  private static List<String> list(JsonView v, String key) {
    // Rows that were made into JSON by other hands have a true list.
    if (v.has(key) && v.node().get(key).isArray()) return v.texts(key);
    try {
      return PythonList.parse(v.text(key));
    } catch (IllegalArgumentException e) {
      throw v.bad(key, e.getMessage());
    }
  }

  /** The pictures of a row, each at its number; those that no text mentions follow the highest mentioned, as in the set. */
  private static List<Picture> pictures(MmmuRows.Row row, String id, String texts) {
    Picture[] all = new Picture[PICTURES];
    int last = 0;
    for (int i = 1; i <= PICTURES; i++) {
      all[i - 1] = picture(row, id, i);
      if (all[i - 1] != null) last = i;
    }
    for (Matcher m = MARK.matcher(texts); m.find();) {
      int number = Integer.parseInt(m.group(1));
      if (number < 1 || number > PICTURES || all[number - 1] == null) {
        throw row.view().bad("the text shows <image " + number + ">, and 'image_" + number + "' is empty");
      }
    }
    for (int i = 0; i < last; i++) if (all[i] == null) throw row.view().bad("'image_" + (i + 1) + "' is empty, and 'image_" + last + "' is not");
    return Arrays.asList(all).subList(0, last);
  }

  private static Picture picture(MmmuRows.Row row, String id, int number) {
    String key = "image_" + number;
    byte[] bytes = row.pictures().get(key);
    if (bytes != null) return new Picture.Embedded(id + "-" + number, bytes);
    JsonView v = row.view();
    if (!v.has(key)) return null;
    return new Picture.Named(v.node().get(key).isObject() ? v.object(key).text("path") : v.text(key));
  }

  @Override
  public Map<String, Long> skipped() {
    return skips.counts();
  }

  @Override
  public String name() {
    return "mmmu";
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}

package io.llama3v.data.convert.source;

import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.IdIndex;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * VQAv2: a file of questions and a file of annotations, joined by {@code question_id} through an {@link IdIndex}.
 *
 * <p>Questions: {@code {"info", "task_type", "data_type": "mscoco", "license", "data_subtype": "train2014", "questions": [{"image_id",
 * "question", "question_id"}]}}. Annotations: the same head and {@code "annotations": [{"question_type", "multiple_choice_answer",
 * "answers": [{"answer", "answer_confidence", "answer_id"}], "image_id", "answer_type", "question_id"}]}. Pictures:
 * {@code COCO_train2014_000000458752.jpg}. Source: visualqa.org/vqa_v1_download.html "Input Questions Format" and "Annotation Format",
 * and GT-Vision-Lab/VQA, {@code PythonHelperTools/vqaTools/vqa.py}.
 *
 * <p>The answer to learn is {@code multiple_choice_answer}, the most frequent of the ten. Scored in groups by {@code answer_type}.
 */
public final class VqaV2 implements ExampleSource {
  private final JsonElements questions;
  private final IdIndex annotations;
  private final String subset;

  private VqaV2(JsonElements questions, IdIndex annotations, String subset) {
    this.questions = questions;
    this.annotations = annotations;
    this.subset = subset;
  }

  /**
   * Opens the two files; reads the annotations once.
   *
   * @param subset the pictures' part of COCO ({@code train2014}); null takes the questions' {@code data_subtype}
   */
  public static VqaV2 open(Path questions, Path annotations, String subset) throws IOException {
    IdIndex index = IdIndex.open(annotations, "annotations", "question_id");
    try {
      JsonElements elements = JsonElements.array(questions, "questions");
      String named = subset != null ? subset : elements.header("data_subtype");
      if (named == null) {
        elements.close();
        throw new ConvertException(questions + ": no 'data_subtype' before 'questions', so it is not known which pictures these are; say so (train2014)");
      }
      // The questions of test-dev are about the pictures of the test set.
      return new VqaV2(elements, index, named.replace("test-dev", "test"));
    } catch (IOException | RuntimeException e) {
      try (index) {
        throw e;
      }
    }
  }

  @Override
  public Example next() throws IOException {
    JsonView q = questions.next();
    if (q == null) return null;
    long id = q.integer("question_id");
    long image = q.integer("image_id");
    List<JsonView> found = annotations.find(id);
    if (found.isEmpty()) {
      throw q.bad("question " + id + " has no annotation in " + annotations.file() + "; do the two files belong to the same split?");
    }
    JsonView a = found.get(0);
    if (a.integer("image_id") != image) {
      throw a.bad("image_id", "expected " + image + ", the picture of question " + id + " in " + q.where() + ", found " + a.integer("image_id"));
    }
    List<String> answers = new ArrayList<>();
    for (JsonView answer : a.list("answers")) answers.add(answer.text("answer"));
    if (answers.isEmpty()) throw a.bad("answers", "expected answers, found none");
    String name = String.format(Locale.ROOT, "COCO_%s_%012d.jpg", subset, image);
    return Example.of(Long.toString(id), new Picture.Named(name, List.of(subset + "/" + name)),
        new Task.ShortAnswer(q.text("question"), a.text("multiple_choice_answer"), answers, null), Metric.VQA_ACCURACY, a.text("answer_type"));
  }

  @Override
  public String name() {
    return "vqav2";
  }

  @Override
  public void close() throws IOException {
    try (annotations) {
      questions.close();
    }
  }
}

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

/**
 * DocVQA: {@code train_v1.0.json}, {@code {"dataset_name": "docvqa", "dataset_version", "dataset_split", "data": [{"questionId",
 * "question", "question_types", "image": "documents/xnbl0037_1.png", "docId", "ucsf_document_id", "ucsf_document_page_no", "answers",
 * "data_split"}]}}. InfographicVQA's file is read as well: it has {@code image_local_name} instead of {@code image}. Source: rrc.cvc.uab.es,
 * Document Visual Question Answering, and google-research/pix2struct, {@code preprocessing/convert_docvqa.py}.
 *
 * <p>The answer to learn is the first.
 */
public final class DocVqa implements ExampleSource {
  private final JsonElements data;

  private DocVqa(JsonElements data) {
    this.data = data;
  }

  public static DocVqa open(Path file) throws IOException {
    return new DocVqa(JsonElements.array(file, "data"));
  }

  @Override
  public Example next() throws IOException {
    JsonView q = data.next();
    if (q == null) return null;
    List<String> answers = Answers.of(q);
    String image = q.has("image") || !q.has("image_local_name") ? q.text("image") : q.text("image_local_name");
    return Example.of(q.id("questionId"), new Picture.Named(image), new Task.ShortAnswer(q.text("question"), answers.get(0), answers, null),
        Metric.ANLS, "");
  }

  @Override
  public String name() {
    return "docvqa";
  }

  @Override
  public void close() throws IOException {
    data.close();
  }
}

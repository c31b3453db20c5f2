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
 * GQA's questions: {@code train_balanced_questions.json}, an object by question id, each {@code {"imageId", "question", "answer",
 * "fullAnswer", "isBalanced", "groups", "types": {"structural", "semantic", "detailed"}, "annotations", "semantic", "semanticStr",
 * "entailed", "equivalent"}}. Pictures: {@code IMAGE_ID.jpg}. Source: cs.stanford.edu/people/dorarad/gqa/download.html.
 *
 * <p>The sentence {@code fullAnswer} serves templates that answer in sentences. Scored by {@code types.structural}.
 */
public final class GqaQuestions implements ExampleSource {
  private final JsonElements questions;

  private GqaQuestions(JsonElements questions) {
    this.questions = questions;
  }

  public static GqaQuestions open(Path file) throws IOException {
    return new GqaQuestions(JsonElements.fields(file));
  }

  @Override
  public Example next() throws IOException {
    JsonView q = questions.next();
    if (q == null) return null;
    if (!q.asObject().has("answer")) throw q.bad("no 'answer': the test and challenge splits have none, convert 'train', 'val' or 'testdev'");
    String image = q.id("imageId") + ".jpg";
    String answer = q.text("answer");
    String group = q.has("types") ? q.object("types").textOrNull("structural") : null;
    return Example.of(q.name(), new Picture.Named(image, List.of("images/" + image)),
        new Task.ShortAnswer(q.text("question"), answer, List.of(answer), q.textOrNull("fullAnswer")), Metric.EXACT_MATCH, group);
  }

  @Override
  public String name() {
    return "gqa";
  }

  @Override
  public void close() throws IOException {
    questions.close();
  }
}

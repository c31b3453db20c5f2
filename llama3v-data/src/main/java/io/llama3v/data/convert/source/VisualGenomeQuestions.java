package io.llama3v.data.convert.source;

import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonView;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Visual Genome's questions: {@code question_answers.json}, a list of {@code {"id": picture, "qas": [{"a_objects", "question",
 * "image_id", "qa_id", "answer", "q_objects"}]}}. Source: visualgenome.org/api/v0/api_readme, and
 * ranjaykrishna/visual_genome_python_driver, {@code visual_genome/utils.py}.
 */
public final class VisualGenomeQuestions implements ExampleSource {
  private final JsonElements images;
  private final ArrayDeque<Example> ready = new ArrayDeque<>();

  private VisualGenomeQuestions(JsonElements images) {
    this.images = images;
  }

  public static VisualGenomeQuestions open(Path file) throws IOException {
    return new VisualGenomeQuestions(JsonElements.array(file));
  }

  @Override
  public Example next() throws IOException {
    while (ready.isEmpty()) {
      JsonView image = images.next();
      if (image == null) return null;
      for (JsonView q : image.list("qas")) {
        String answer = q.text("answer").strip();
        // Answers are written as sentences: "Under the table."
        String bare = answer.replaceFirst("\\.$", "");
        ready.add(Example.of(q.id("qa_id"), VisualGenomeRegions.picture(q.integer("image_id")),
            new Task.ShortAnswer(q.text("question"), bare.isEmpty() ? answer : bare, List.of(answer), answer), Metric.EXACT_MATCH, ""));
      }
    }
    return ready.poll();
  }

  @Override
  public String name() {
    return "visualgenome";
  }

  @Override
  public void close() throws IOException {
    images.close();
  }
}

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
 * TextVQA: {@code TextVQA_0.5.1_train.json}, {@code {"dataset_type", "dataset_name": "textvqa", "dataset_version", "data": [{"question_id",
 * "image_id", "question", "question_tokens", "image_classes", "flickr_original_url", "flickr_300k_url", "image_width", "image_height",
 * "answers": [ten texts], "set_name"}]}}. Pictures: {@code IMAGE_ID.jpg} in {@code train_images}, which the validation split uses too.
 * Source: textvqa.org/dataset, and facebook/textvqa, {@code textvqa.py}, on the Hugging Face hub.
 *
 * <p>The answer to learn is the most frequent of the ten.
 */
public final class TextVqa implements ExampleSource {
  private final JsonElements data;

  private TextVqa(JsonElements data) {
    this.data = data;
  }

  public static TextVqa open(Path file) throws IOException {
    return new TextVqa(JsonElements.array(file, "data"));
  }

  @Override
  public Example next() throws IOException {
    JsonView q = data.next();
    if (q == null) return null;
    List<String> answers = Answers.of(q);
    String image = q.text("image_id") + ".jpg";
    return Example.of(q.id("question_id"), new Picture.Named(image, List.of("train_images/" + image)),
        new Task.ShortAnswer(q.text("question"), Answers.mostFrequent(answers), answers, null), Metric.VQA_ACCURACY, "");
  }

  @Override
  public String name() {
    return "textvqa";
  }

  @Override
  public void close() throws IOException {
    data.close();
  }
}

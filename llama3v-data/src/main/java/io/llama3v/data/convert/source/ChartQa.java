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
 * ChartQA: {@code train_human.json} and {@code train_augmented.json}, each a list of {@code {"imgname": "41699051005347.png", "query",
 * "label"}}. Pictures in {@code png}. Source: vis-nlp/ChartQA, {@code ChartQA Dataset}, and google-research/pix2struct,
 * {@code preprocessing/convert_chartqa.py}.
 *
 * <p>The set has no ids; the file's name and the entry's place are taken. Human and augmented questions are scored apart.
 */
public final class ChartQa implements ExampleSource {
  private final List<Path> files;
  private JsonElements open;
  private int file = -1;
  private long place;

  private ChartQa(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** Opens files; those with {@code human} or {@code augmented} in their names are groups of that name. */
  public static ChartQa open(List<Path> files) throws IOException {
    ChartQa source = new ChartQa(files);
    source.advance();
    return source;
  }

  private boolean advance() throws IOException {
    if (open != null) open.close();
    open = null;
    if (++file >= files.size()) return false;
    open = JsonElements.array(files.get(file));
    place = 0;
    return true;
  }

  @Override
  public Example next() throws IOException {
    while (open != null) {
      JsonView q = open.next();
      if (q != null) {
        String image = q.text("imgname");
        String label = q.id("label");
        String base = files.get(file).getFileName().toString().replaceFirst("\\.json$", "");
        return Example.of(base + "-" + place++, new Picture.Named(image, List.of("png/" + image)),
            new Task.ShortAnswer(q.text("query"), label, List.of(label), null), Metric.RELAXED_ACCURACY, group(base));
      }
      advance();
    }
    return null;
  }

  private static String group(String file) {
    return file.contains("human") ? "human" : file.contains("augmented") ? "augmented" : "";
  }

  @Override
  public String name() {
    return "chartqa";
  }

  @Override
  public void close() throws IOException {
    if (open != null) open.close();
  }
}

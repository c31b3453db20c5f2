package io.llama3v.data.convert.source;

import io.llama3v.data.convert.Example;
import io.llama3v.data.convert.ExampleSource;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.json.JsonElements;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.data.document.grounding.BoxText.Fractions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * GQA's scene graphs as examples of grounding: {@code train_sceneGraphs.json}, an object by picture id, each {@code {"width", "height",
 * "location", "weather", "objects": {ID: {"name", "x", "y", "w", "h", "attributes": [texts], "relations": [{"name", "object"}]}}}}.
 * Source: cs.stanford.edu/people/dorarad/gqa/download.html.
 *
 * <p>An object is named by its attributes and its name ("small brown chair"). Objects whose words fit another object of the picture too
 * are passed over and counted: there would be no one right box.
 */
public final class GqaSceneGraphs implements ExampleSource {
  private final JsonElements graphs;
  private final ArrayDeque<Example> ready = new ArrayDeque<>();
  private final Skips skips = new Skips();

  private GqaSceneGraphs(JsonElements graphs) {
    this.graphs = graphs;
  }

  public static GqaSceneGraphs open(Path file) throws IOException {
    return new GqaSceneGraphs(JsonElements.fields(file));
  }

  @Override
  public Example next() throws IOException {
    while (ready.isEmpty()) {
      JsonView graph = graphs.next();
      if (graph == null) return null;
      objects(graph);
    }
    return ready.poll();
  }

  private void objects(JsonView graph) {
    double width = graph.number("width");
    double height = graph.number("height");
    if (!(width > 0 && height > 0)) throw graph.bad("expected a width and height above 0, found " + width + " and " + height);
    List<JsonView> objects = graph.fields("objects");
    Map<String, Integer> names = new HashMap<>();
    for (JsonView o : objects) names.merge(o.text("name"), 1, Integer::sum);
    String image = graph.name() + ".jpg";
    for (JsonView o : objects) {
      if (names.get(o.text("name")) > 1 && !distinct(o, objects)) {
        skips.add("ambiguous");
        continue;
      }
      Fractions box = Regions.of(o.number("x"), o.number("y"), o.number("w"), o.number("h"), width, height);
      if (box == null) {
        skips.add("box-outside-picture");
        continue;
      }
      ready.add(Example.of(graph.name() + "-" + o.name(), new Picture.Named(image, List.of("images/" + image)),
          new Task.Region(phrase(o), box), null, ""));
    }
  }

  /** Whether no other object of the same name has all the attributes of this one. */
  private static boolean distinct(JsonView object, List<JsonView> all) {
    List<String> attributes = attributes(object);
    for (JsonView other : all) {
      if (!other.name().equals(object.name()) && other.text("name").equals(object.text("name")) && attributes(other).containsAll(attributes)) {
        return false;
      }
    }
    return true;
  }

  private static String phrase(JsonView object) {
    List<String> attributes = attributes(object);
    return (attributes.isEmpty() ? "" : String.join(" ", attributes) + " ") + object.text("name");
  }

  private static List<String> attributes(JsonView object) {
    return object.has("attributes") ? object.texts("attributes") : List.of();
  }

  @Override
  public Map<String, Long> skipped() {
    return skips.counts();
  }

  @Override
  public String name() {
    return "gqa-grounding";
  }

  @Override
  public void close() throws IOException {
    graphs.close();
  }
}

package io.llama3v.data.document.build;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.corpus.PngWriter;
import io.llama3v.data.corpus.SampleJson;
import io.llama3v.data.document.TextBox;
import io.llama3v.data.document.Turn;
import io.llama3v.data.document.grounding.Target;
import io.llama3v.data.sample.Sample;
import io.llama3v.image.RgbImage;
import java.util.List;

/** Samples in the project's format: {@code png}, {@code txt}, {@code json}. */
final class SampleWriter {
  private SampleWriter() {}

  /** The JSON of a picture, to be filled further. */
  static ObjectNode json(String kind, String source, RgbImage image) {
    return JsonNodeFactory.instance.objectNode().put("kind", kind).put("source", source).put("width", image.width()).put("height", image.height());
  }

  /**
   * A sample.
   *
   * @param text  its {@code txt}, and its caption where there are no turns
   * @param turns its conversation; may be empty
   */
  static Sample sample(String key, RgbImage image, String text, ObjectNode json, List<Turn> turns) {
    if (turns.isEmpty()) {
      json.put("caption", text).set("captions", SampleJson.texts(List.of(text)));
    } else {
      ArrayNode all = json.putArray("conversations");
      for (Turn turn : turns) all.addObject().put("kind", turn.kind()).put("question", turn.question()).put("answer", turn.answer());
    }
    try (PngWriter png = new PngWriter()) {
      return SampleJson.sample(key, png.encode(image), text, json);
    }
  }

  static ArrayNode words(List<TextBox> words) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (TextBox word : words) all.addObject().put("text", word.text()).set("box", SampleJson.box(word.box().edges()));
    return all;
  }

  static ArrayNode targets(List<Target> targets) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Target target : targets) all.addObject().put("name", target.name()).set("box", SampleJson.box(target.box().edges()));
    return all;
  }
}

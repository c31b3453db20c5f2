package io.llama3v.data.document.build;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.corpus.Draw;
import io.llama3v.data.corpus.SampleJson;
import io.llama3v.data.document.ElementBox;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.Turn;
import io.llama3v.data.document.grounding.GroundingTurns;
import io.llama3v.data.document.grounding.Marks;
import io.llama3v.data.document.grounding.Outline;
import io.llama3v.data.document.grounding.Target;
import io.llama3v.data.document.grounding.Targets;
import io.llama3v.image.RgbImage;
import java.util.List;
import java.util.Set;

/** The three kinds of samples that a page gives: its text, the code of one element, and places. */
final class PageSamples {
  private static final Set<String> NOT_ONE_ELEMENT = Set.of("html", "head", "body", "style", "title", "tbody", "thead", "tfoot", "br", "hr", "col", "colgroup");
  private static final int SHORTEST_CODE = 12;
  private static final int SMALLEST = 10;
  private static final int FRAME = 2;
  private static final List<String> COLOURS = List.of("red", "blue", "green", "magenta");
  private static final int[] SHADES = {0xe60000, 0x0044dd, 0x008a1c, 0xd400b8};
  private final DocumentsConfig config;
  private final Marks marks = new Marks();

  PageSamples(DocumentsConfig config) {
    this.config = config;
  }

  /** A picture with its source text, unless that is empty or too long. */
  void text(Made made, Draw draw, String kind, String source, RgbImage image, String text, List<String> questions, Page page) {
    if (text.isBlank()) {
      made.skip(source, "no text", "says nothing; expected text to learn");
      return;
    }
    if (text.length() > config.maxText()) {
      made.skip(source, "text too long", "has " + text.length() + " characters on one picture; expected at most " + config.maxText()
          + ": raise 'max_text', or make 'picture' smaller");
      return;
    }
    ObjectNode json = SampleWriter.json(kind, source, image);
    if (page != null) json.set("words", SampleWriter.words(page.words()));
    List<Turn> turns = config.conversations() ? List.of(new Turn("transcribe", draw.of(questions), text)) : List.of();
    made.add("documents", SampleWriter.sample(made.key("documents"), image, text, json, turns));
  }

  /** Pictures with a frame around one element, whose code is the answer. */
  void code(Made made, Draw draw, String source, Page page) {
    List<ElementBox> fit = page.elements().stream().filter(e -> fits(e, page.image())).toList();
    int count = Math.min(config.code(), fit.size());
    for (ElementBox element : draw.shuffled(fit).subList(0, count)) {
      int colour = draw.below(COLOURS.size());
      RgbImage boxed = Outline.around(page.image(), element.box(), SHADES[colour], FRAME);
      ObjectNode json = SampleWriter.json("code", source, boxed).put("tag", element.tag()).put("colour", COLOURS.get(colour));
      json.set("box", SampleJson.box(element.box().edges()));
      String question = draw.of(List.of("Write the HTML of the element in the %s box.", "Which code draws what is in the %s box?",
          "Give the HTML code of the %s-framed element.")).formatted(COLOURS.get(colour));
      made.add("code", SampleWriter.sample(made.key("code"), boxed, element.code(), json, List.of(new Turn("code", question, element.code()))));
    }
  }

  private boolean fits(ElementBox element, RgbImage image) {
    long area = (long) element.box().width() * element.box().height();
    return !NOT_ONE_ELEMENT.contains(element.tag()) && element.code().length() >= SHORTEST_CODE && element.code().length() <= config.maxText()
        && !element.text().isBlank() && element.box().width() >= SMALLEST && element.box().height() >= SMALLEST
        && area < 0.8 * image.width() * image.height();
  }

  /** Where things are, as boxes in the text and as marks on the picture. */
  void places(Made made, Draw draw, String source, RgbImage image, List<Target> all) {
    List<Target> targets = config.grounding() == 0 ? List.of() : Targets.choose(draw, all, config.grounding());
    if (targets.isEmpty()) return;
    ObjectNode boxes = SampleWriter.json("grounding", source, image);
    boxes.set("targets", SampleWriter.targets(targets));
    boxes.set("special", SampleJson.texts(List.of(config.box().open(), config.box().close())));
    List<Turn> turns = GroundingTurns.boxes(draw, targets, config.box(), image.width(), image.height());
    made.add("grounding", SampleWriter.sample(made.key("grounding"), image, turns.get(turns.size() - 1).answer(), boxes, turns));
    if (Math.min(image.width(), image.height()) < 24) return;
    Marks.Marked marked = marks.draw(image, targets.stream().map(Target::box).toList());
    ObjectNode json = SampleWriter.json("marks", source, image);
    json.set("targets", SampleWriter.targets(targets));
    List<Turn> marking = GroundingTurns.marks(draw, targets);
    made.add("marks", SampleWriter.sample(made.key("marks"), marked.image(), marking.get(marking.size() - 1).answer(), json, marking));
  }
}

package io.llama3v.data.document.build;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.flow.FlowChart;
import io.llama3v.data.document.flow.FlowMaker;
import io.llama3v.data.document.flow.FlowRenderer;
import io.llama3v.data.document.grounding.Target;

/** Invented flow charts, among the charts, and their nodes as places. Safe for use by several threads. */
final class FlowSamples {
  private final DocumentsConfig config;
  private final FlowRenderer renderer;
  private final PageSamples samples;

  FlowSamples(DocumentsConfig config, DocumentFonts fonts) {
    this.config = config;
    this.renderer = new FlowRenderer(fonts);
    this.samples = new PageSamples(config);
  }

  Made make(int unit, int number) {
    Made made = new Made(unit);
    Draw draw = new Draw(config.seed(), "flow chart", number);
    FlowChart chart = FlowMaker.make(draw);
    FlowRenderer.Drawn drawn = renderer.draw(draw, chart, config.picture().limits());
    String source = "flow chart " + number;
    ObjectNode json = SampleWriter.json("flow", source, drawn.image());
    json.set("words", SampleWriter.words(drawn.nodes()));
    made.add("charts", SampleWriter.sample(made.key("charts"), drawn.image(), chart.mermaid(), json, FlowMaker.ask(draw, chart)));
    samples.places(made, draw, source, drawn.image(), drawn.nodes().stream().map(n -> new Target(n.text(), true, n.box())).toList());
    return made;
  }
}

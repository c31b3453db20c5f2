package io.llama3v.data.document.build;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.corpus.Draw;
import io.llama3v.data.corpus.SampleJson;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.chart.ChartKind;
import io.llama3v.data.document.chart.ChartQuestions;
import io.llama3v.data.document.chart.ChartRenderer;
import io.llama3v.data.document.chart.DataTable;
import io.llama3v.data.document.chart.TableMaker;

/** Invented charts; the kinds take turns. Safe for use by several threads. */
final class ChartSamples {
  private static final double LABELLED = 0.6;
  private final DocumentsConfig config;
  private final ChartRenderer renderer;

  ChartSamples(DocumentsConfig config, DocumentFonts fonts) {
    this.config = config;
    this.renderer = ChartRenderer.open(fonts);
  }

  Made make(int unit, int number) {
    Made made = new Made(unit);
    Draw draw = new Draw(config.seed(), "chart", number);
    ChartKind kind = ChartKind.values()[number % ChartKind.values().length];
    DataTable table = TableMaker.make(draw, kind);
    boolean labelled = (kind == ChartKind.BAR || kind == ChartKind.PIE || kind == ChartKind.DONUT || kind == ChartKind.STACKED_BAR) && draw.chance(LABELLED);
    var image = renderer.draw(draw, table, kind, labelled, config.picture().limits());
    ObjectNode json = SampleWriter.json("chart", "chart " + number, image).put("chart", kind.words()).put("labelled", labelled);
    ObjectNode data = json.putObject("data").put("title", table.title()).put("row_name", table.rowName()).put("unit", table.unit());
    data.set("rows", SampleJson.texts(table.rows()));
    ArrayNode columns = data.putArray("columns");
    for (DataTable.Column column : table.columns()) {
      ArrayNode values = columns.addObject().put("name", column.name()).putArray("values");
      column.values().forEach(values::add);
    }
    made.add("charts", SampleWriter.sample(made.key("charts"), image, table.markdown(), json, ChartQuestions.ask(draw, table, kind, labelled)));
    return made;
  }
}

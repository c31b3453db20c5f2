package io.llama3v.train.report;

import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.EvaluationTable.Row;
import java.util.List;

/** Tables of scores, each score with a bar: the model, its interval, the blind model below it, marks for chance and for what was asked. */
final class EvaluationSection {
  private EvaluationSection() { }

  static void write(Html html, List<EvaluationTable> tables) {
    if (tables.isEmpty()) {
      return;
    }
    html.open("section", "id", "evaluation").element("h2", "Evaluation");
    html.raw("<p class=\"legend\"><span><i class=\"k-model\"></i>model, with its 95 % interval</span><span><i class=\"k-blind\"></i>blind: "
        + "the same language model without the picture</span><span><i class=\"k-chance\"></i>chance</span>"
        + "<span><i class=\"k-bar\"></i>the bar set for it</span></p>");
    tables.forEach(table -> table(html, table));
    html.close("section").raw("\n");
  }

  private static void table(Html html, EvaluationTable table) {
    html.open("div", "class", "card scores");
    if (!table.title().isEmpty()) {
      html.element("h3", table.title());
    }
    html.raw("<table><thead><tr><th>Task</th><th>Split</th><th class=\"n\">Items</th><th class=\"wide\">0 to 100 %</th>"
        + "<th class=\"n\">Model</th><th class=\"n\">Blind</th><th class=\"n\">Chance</th><th>Bar</th></tr></thead><tbody>");
    table.rows().forEach(row -> row(html, row));
    html.raw("</tbody></table>");
    if (table.note() != null) {
      html.element("p", table.note(), "class", "muted");
    }
    html.close("div");
  }

  private static void row(Html html, Row row) {
    html.open("tr").open("th", "scope", "row").text(row.kind().isEmpty() ? row.task() : row.kind());
    html.element("small", row.metric() + (row.kind().isEmpty() ? "" : " \u00b7 " + row.task())).close("th");
    html.element("td", row.split(), "data-label", "Split");
    html.element("td", String.valueOf(row.n()), "class", "n", "data-label", "Items");
    html.open("td", "class", "wide");
    if (row.unit().isEmpty()) {
      bars(html, row);
    }
    html.close("td");
    html.open("td", "class", "n", "data-label", "Model").element("strong", row.format(row.model())).close("td");
    html.element("td", known(row, row.blind()), "class", "n", "data-label", "Blind");
    html.element("td", known(row, row.chance()), "class", "n", "data-label", "Chance");
    html.open("td", "data-label", "Bar");
    if (row.bar() != null) {
      Boolean met = row.met();
      String words = row.bar().describe().replace(">=", "\u2265").replace("x chance", "\u00d7 chance");
      html.element("span", (met == null ? "" : met ? "\u2713 " : "\u2717 ") + words, "class",
          "chip " + (met == null ? "" : met ? "good" : "bad"));
    }
    html.close("td").close("tr");
  }

  private static String known(Row row, Double value) {
    return value == null ? "\u2013" : row.format(value);
  }

  private static void bars(Html html, Row row) {
    String words = "model " + row.format(row.model()) + ", blind " + known(row, row.blind()) + ", chance " + known(row, row.chance());
    html.open("div", "class", "track", "title", words);
    html.open("i", "class", "k-model", "style", "width:" + percent(row.model())).close("i");
    if (row.blind() != null) {
      html.open("i", "class", "k-blind", "style", "width:" + percent(row.blind())).close("i");
    }
    if (row.low() != null && row.high() != null) {
      html.open("i", "class", "k-interval", "style", "left:" + percent(row.low()) + ";width:" + percent(row.high() - row.low())).close("i");
    }
    if (row.chance() != null) {
      html.open("i", "class", "k-chance", "style", "left:" + percent(row.chance())).close("i");
    }
    if (row.target() != null) {
      html.open("i", "class", "k-bar", "style", "left:" + percent(row.target())).close("i");
    }
    html.close("div");
  }

  private static String percent(double share) {
    return Html.n(100 * Math.max(0, Math.min(1, share))) + "%";
  }
}

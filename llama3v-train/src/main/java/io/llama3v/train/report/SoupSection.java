package io.llama3v.train.report;

import io.llama3v.train.report.ReportData.SoupRow;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The runs that went into a model soup, and the soup: what set each apart, its share, its scores. The best of each score is marked. */
final class SoupSection {
  private SoupSection() { }

  static void write(Html html, List<SoupRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    Set<String> settings = new LinkedHashSet<>();
    Set<String> scores = new LinkedHashSet<>();
    rows.forEach(row -> {
      settings.addAll(row.settings().keySet());
      scores.addAll(row.scores().keySet());
    });
    html.open("section", "id", "soup").element("h2", "Model soup").open("div", "class", "card scroll").raw("<table><thead><tr><th>Run</th>");
    settings.forEach(name -> html.element("th", name));
    html.raw("<th class=\"n\">Share</th>");
    scores.forEach(name -> html.element("th", name, "class", "n"));
    html.raw("</tr></thead><tbody>");
    for (SoupRow row : rows) {
      html.open("tr", "class", row.result() ? "result" : "").element("th", row.name(), "scope", "row");
      settings.forEach(name -> html.element("td", row.settings().getOrDefault(name, "")));
      html.element("td", row.result() ? "" : row.weight() == null ? "left out" : percent(row.weight()), "class", "n");
      for (String name : scores) {
        Double score = row.scores().get(name);
        double best = rows.stream().map(r -> r.scores().get(name)).filter(s -> s != null && !s.isNaN()).mapToDouble(s -> s).max().orElse(0);
        html.element("td", score == null ? "\u2013" : percent(score), "class", score != null && score == best ? "n best" : "n");
      }
      html.close("tr");
    }
    html.raw("</tbody></table>").close("div").close("section").raw("\n");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}

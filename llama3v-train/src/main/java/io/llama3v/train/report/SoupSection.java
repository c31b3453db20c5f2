package io.llama3v.train.report;

import io.llama3v.train.report.ReportData.SoupRow;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

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
        double best = best(rows, name, any -> true).orElse(0);
        html.element("td", score == null ? "\u2013" : number(rows, name, score), "class", score != null && score == best ? "n best" : "n");
      }
      html.close("tr");
    }
    html.raw("</tbody></table>");
    scores.forEach(name -> compare(html, rows, name));
    html.close("div").close("section").raw("\n");
  }

  /** Says of a score whether averaging helped: the best average against the best single run. */
  private static void compare(Html html, List<SoupRow> rows, String name) {
    OptionalDouble soup = best(rows, name, SoupRow::result);
    OptionalDouble single = best(rows, name, row -> !row.result());
    if (soup.isEmpty() || single.isEmpty()) return;
    double a = soup.getAsDouble();
    double b = single.getAsDouble();
    html.element("p", name + ": best average " + number(rows, name, a) + ", best single run " + number(rows, name, b)
        + (a > b ? ": averaging helped." : a < b ? ": the average LOSES to the single run." : ": no difference."));
  }

  private static OptionalDouble best(List<SoupRow> rows, String name, Predicate<SoupRow> which) {
    return rows.stream().filter(which).map(row -> row.scores().get(name)).filter(s -> s != null && !s.isNaN()).mapToDouble(s -> s).max();
  }

  /** As a percentage if all of a score's values are parts of a whole. */
  private static String number(List<SoupRow> rows, String name, double score) {
    boolean fractions = rows.stream().map(row -> row.scores().get(name)).allMatch(s -> s == null || s >= 0 && s <= 1);
    return fractions ? percent(score) : String.format(Locale.ROOT, "%.4f", score);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}

package io.llama3v.train.report;

import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes {@code funnel.html}: what each step of a curation kept and dropped, why, with pictures to look at and the scores' distributions. */
public final class FunnelPage {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 150;
  private static final int BOTTOM = 20;

  private FunnelPage() {}

  /** Makes {@code funnel.html} in a run folder and returns its path. */
  public static Path write(Path run, Funnel funnel) throws IOException {
    Path file = run.resolve("funnel.html");
    AtomicFiles.writeString(file, render(funnel));
    return file;
  }

  /** The page as HTML text. */
  public static String render(Funnel funnel) {
    Html html = HtmlPage.open(funnel.name());
    html.open("header").element("p", "Llama 3-V curation", "class", "eyebrow").element("h1", funnel.name());
    html.open("div", "class", "facts");
    HtmlPage.fact(html, "Raw samples", count(funnel.input()), "");
    HtmlPage.fact(html, "Kept", count(funnel.kept()) + " (" + percent(funnel.kept(), funnel.input()) + ")", "");
    HtmlPage.fact(html, "Dropped", count(funnel.input() - funnel.kept()), "");
    html.close("div");
    if (funnel.sources().size() > 1) {
      List<String> parts = new ArrayList<>();
      funnel.sources().forEach((name, n) -> parts.add(name + " " + count(n)));
      html.element("p", "Sources: " + String.join(", ", parts), "class", "muted");
    }
    html.close("header").raw("\n");
    stages(html, funnel);
    for (Funnel.Stage stage : funnel.stages()) {
      reasons(html, stage);
    }
    html.open("section").element("h2", "Kept, for comparison");
    cards(html, funnel.survivors());
    html.close("section").raw("\n");
    histograms(html, funnel.scores());
    settings(html, funnel.settings());
    return HtmlPage.close(html);
  }

  private static void stages(Html html, Funnel funnel) {
    html.open("section").element("h2", "Funnel").open("p", "class", "legend");
    legend(html, "k-kept", "passed on");
    legend(html, "k-dropped", "dropped here");
    html.close("p").open("ol", "class", "funnel card");
    for (Funnel.Stage stage : funnel.stages()) {
      html.open("li").element("strong", stage.step()).open("div", "class", "bar");
      html.open("b", "style", "width:" + width(stage.in() - stage.dropped(), funnel.input())).close("b");
      html.open("i", "style", "width:" + width(stage.dropped(), funnel.input())).close("i").close("div");
      html.element("span", count(stage.in()) + " \u2192 " + count(stage.in() - stage.dropped())
          + (stage.dropped() == 0 ? "" : "  (\u2212" + percent(stage.dropped(), stage.in()) + ")")).close("li");
    }
    html.close("ol").close("section").raw("\n");
  }

  private static void legend(Html html, String type, String text) {
    html.open("span").open("i", "class", type).close("i").text(text).close("span");
  }

  private static void reasons(Html html, Funnel.Stage stage) {
    if (stage.dropped() == 0) {
      return;
    }
    html.open("section").element("h2", stage.step() + ": " + count(stage.dropped()) + " dropped");
    for (Funnel.Reason reason : stage.reasons()) {
      html.open("div", "class", "card").element("h3", reason.reason() + " \u00b7 " + count(reason.count()));
      cards(html, reason.examples());
      html.close("div");
    }
    html.close("section").raw("\n");
  }

  private static void cards(Html html, List<Funnel.Card> cards) {
    html.open("div", "class", "cards");
    for (Funnel.Card card : cards) {
      html.open("figure", "title", card.detail());
      if (card.picture().isEmpty()) {
        html.element("span", "no picture", "class", "none");
      } else {
        html.open("img", "alt", card.caption(), "src", "data:image/png;base64," + card.picture());
      }
      html.text(card.caption().isEmpty() ? card.detail() : card.caption());
      StringBuilder scores = new StringBuilder();
      card.scores().forEach((name, value) -> scores.append(scores.length() == 0 ? "" : ", ").append(name).append(' ').append(Format.number(value)));
      html.element("small", card.shard() + " " + card.key() + (scores.length() == 0 ? "" : "; " + scores)).close("figure");
    }
    html.close("div");
  }

  private static void histograms(Html html, List<Funnel.Histogram> scores) {
    if (scores.isEmpty()) {
      return;
    }
    html.open("section").element("h2", "Scores").open("p", "class", "legend");
    legend(html, "k-kept", "of kept samples");
    legend(html, "k-dropped", "of dropped samples");
    html.close("p").open("div", "class", "charts");
    for (Funnel.Histogram h : scores) {
      String made = h.samples() < h.of() ? count(h.samples()) + " of " + count(h.of()) + " values, drawn at random" : count(h.of()) + " values";
      html.open("figure", "class", "card").open("figcaption").element("strong", h.score()).element("span", made).close("figcaption");
      bars(html, h);
      html.close("figure");
    }
    html.close("div").close("section").raw("\n");
  }

  private static void bars(Html html, Funnel.Histogram h) {
    int n = h.kept().length;
    long most = 1;
    for (int i = 0; i < n; i++) {
      most = Math.max(most, h.kept()[i] + h.dropped()[i]);
    }
    html.open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "class", "chart", "role", "img");
    double step = (double) WIDTH / n;
    double scale = (HEIGHT - BOTTOM - 4.0) / most;
    for (int i = 0; i < n; i++) {
      double low = h.low() + (h.high() - h.low()) * i / n;
      double kept = h.kept()[i] * scale;
      double dropped = h.dropped()[i] * scale;
      html.open("g").element("title", "from " + Format.number(low) + ": " + h.kept()[i] + " kept, " + h.dropped()[i] + " dropped");
      bar(html, "kept", i * step, HEIGHT - BOTTOM - kept, step - 1, kept);
      bar(html, "dropped", i * step, HEIGHT - BOTTOM - kept - dropped, step - 1, dropped);
      html.close("g");
    }
    html.element("text", Format.number(h.low()), "x", "0", "y", String.valueOf(HEIGHT - 5));
    html.element("text", Format.number((h.low() + h.high()) / 2), "x", String.valueOf(WIDTH / 2), "y", String.valueOf(HEIGHT - 5), "text-anchor", "middle");
    html.element("text", Format.number(h.high()), "x", String.valueOf(WIDTH), "y", String.valueOf(HEIGHT - 5), "text-anchor", "end");
    html.close("svg");
  }

  private static void bar(Html html, String type, double x, double y, double width, double height) {
    if (height > 0) {
      html.open("rect", "class", type, "x", Html.n(x), "y", Html.n(y), "width", Html.n(width), "height", Html.n(height)).close("rect");
    }
  }

  private static void settings(Html html, Map<String, Map<String, String>> settings) {
    html.open("section", "id", "provenance").element("h2", "Settings");
    settings.forEach((step, values) -> {
      html.open("details", "class", "card").element("summary", step).open("dl");
      values.forEach((key, value) -> html.open("div").element("dt", key).element("dd", value).close("div"));
      html.close("dl").close("details");
    });
    html.close("section").raw("\n");
  }

  private static String width(long part, long whole) {
    return Html.n(whole == 0 ? 0 : 100.0 * part / whole) + "%";
  }

  private static String percent(long part, long whole) {
    return whole == 0 ? "0 %" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}

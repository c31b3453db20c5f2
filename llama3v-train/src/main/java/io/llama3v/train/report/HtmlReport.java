package io.llama3v.train.report;

import io.llama3v.io.AtomicFiles;
import io.llama3v.train.eval.EvaluationTable.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Writes a run as one HTML file that needs nothing beside it: styles and charts are inside, pictures are data addresses, and there is no
 * script; a content security policy forbids the browser to load anything. It follows the reader's light or dark setting and fits a phone.
 */
public final class HtmlReport {
  private HtmlReport() { }

  /** Makes {@code report.html} in a run directory from the files in it, and returns its path. */
  public static Path write(Path run) throws IOException {
    Path file = run.resolve(RunFiles.REPORT);
    write(file, ReportData.fromRun(run));
    return file;
  }

  /** Writes a report: to a neighbouring file first that then takes the name. */
  public static void write(Path file, ReportData data) throws IOException {
    AtomicFiles.writeString(file, render(data));
  }

  /** The report as HTML text. */
  public static String render(ReportData data) {
    Html html = HtmlPage.open(data.name());
    header(html, data);
    EvaluationSection.write(html, data.evaluations());
    SampleSection.write(html, data.samples());
    CurveSection.write(html, data.curves());
    SoupSection.write(html, data.soup());
    provenance(html, data);
    return HtmlPage.close(html);
  }

  private static void header(Html html, ReportData data) {
    html.open("header").element("p", "Llama 3-V run", "class", "eyebrow").element("h1", data.name());
    html.element("p", data.created(), "class", "muted");
    double seconds = data.stages().stream().mapToDouble(ReportData.Stage::seconds).sum();
    List<Boolean> met = data.evaluations().stream().flatMap(t -> t.rows().stream()).map(Row::met).filter(Objects::nonNull).toList();
    List<Boolean> right = data.samples().stream().map(ReportData.Sample::right).filter(Objects::nonNull).toList();
    html.open("div", "class", "facts");
    if (!data.stages().isEmpty()) {
      long done = data.stages().stream().filter(s -> s.status() == ReportData.Stage.Status.DONE).count();
      HtmlPage.fact(html, "Stages done", done + " of " + data.stages().size(), "");
      HtmlPage.fact(html, "Training time", Format.duration(seconds), "");
    }
    if (!met.isEmpty()) {
      long reached = met.stream().filter(m -> m).count();
      HtmlPage.fact(html, "Bars met", reached + " of " + met.size(), reached == met.size() ? "good" : "bad");
    }
    if (!right.isEmpty()) {
      HtmlPage.fact(html, "Samples answered right", right.stream().filter(r -> r).count() + " of " + right.size(), "");
    }
    html.close("div");
    pipeline(html, data.stages(), seconds);
    html.close("header").raw("\n");
  }

  private static void pipeline(Html html, List<ReportData.Stage> stages, double total) {
    if (stages.isEmpty()) {
      return;
    }
    html.open("ol", "class", "pipeline");
    for (ReportData.Stage stage : stages) {
      html.open("li", "class", stage.status().name().toLowerCase(Locale.ROOT)).element("strong", stage.name());
      html.element("span", progress(stage));
      if (stage.note() != null) {
        html.element("span", stage.note(), "class", "note");
      }
      double share = total > 0 ? 100 * stage.seconds() / total : 0;
      html.open("i", "title", Math.round(share) + " % of the time").open("b", "style", "width:" + Html.n(share) + "%").close("b").close("i");
      html.close("li");
    }
    html.close("ol");
  }

  private static String progress(ReportData.Stage stage) {
    if (stage.status() == ReportData.Stage.Status.WAITING) {
      return "not begun";
    }
    String steps = Format.si(stage.step()) + (stage.totalSteps() > stage.step() ? " of " + Format.si(stage.totalSteps()) : "");
    String state = stage.status() == ReportData.Stage.Status.DONE ? "" : " \u00b7 " + stage.status().name().toLowerCase(Locale.ROOT);
    return Format.duration(stage.seconds()) + " \u00b7 " + steps + " steps" + state;
  }

  private static void provenance(Html html, ReportData data) {
    if (data.provenance().isEmpty() && data.config().isEmpty()) {
      return;
    }
    html.open("section", "id", "provenance").element("h2", "Provenance");
    if (!data.provenance().isEmpty()) {
      html.open("dl", "class", "card");
      data.provenance().forEach((key, value) -> html.open("div").element("dt", key).element("dd", value).close("div"));
      html.close("dl");
    }
    if (!data.config().isEmpty()) {
      html.open("details", "class", "card").element("summary", "Configuration").element("pre", data.config()).close("details");
    }
    html.close("section").raw("\n");
  }
}

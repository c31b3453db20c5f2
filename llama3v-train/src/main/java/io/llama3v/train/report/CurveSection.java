package io.llama3v.train.report;

import io.llama3v.train.report.ReportData.Curve;
import io.llama3v.train.report.ReportData.StageCurves;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The curves of every stage: loss, learning rate, gradient norm, throughput and memory first, then gates, evaluations, and the rest folded away. */
final class CurveSection {
  private static final List<Map.Entry<String, String>> MAIN = List.of(
      Map.entry(MetricNames.LOSS, "Loss"), Map.entry(MetricNames.LEARNING_RATE, "Learning rate"),
      Map.entry(MetricNames.GRAD_NORM, "Gradient norm"), Map.entry(MetricNames.IMAGES_PER_SECOND, "Images per second"),
      Map.entry(MetricNames.TOKENS_PER_SECOND, "Tokens per second"), Map.entry(MetricNames.MEMORY, "Memory, MiB"));

  private CurveSection() { }

  static void write(Html html, List<StageCurves> stages) {
    if (stages.isEmpty()) {
      return;
    }
    html.open("section", "id", "curves").element("h2", "Training");
    stages.forEach(stage -> stage(html, stage));
    html.close("section").raw("\n");
  }

  private static void stage(Html html, StageCurves stage) {
    Map<String, List<Curve>> gates = new LinkedHashMap<>();
    List<Curve> evaluations = new ArrayList<>();
    List<Curve> others = new ArrayList<>();
    for (Curve curve : stage.curves()) {
      if (curve.name().startsWith(MetricNames.GATE)) {
        String rest = curve.name().substring(MetricNames.GATE.length());
        int slash = rest.indexOf('/');
        String layer = slash < 0 ? rest : rest.substring(0, slash);
        gates.computeIfAbsent(slash < 0 ? "" : rest.substring(slash + 1), g -> new ArrayList<>())
            .add(new Curve(layer, curve.steps(), curve.values()));
      } else if (curve.name().startsWith(MetricNames.EVALUATION)) {
        evaluations.add(new Curve(curve.name().substring(MetricNames.EVALUATION.length()), curve.steps(), curve.values()));
      } else if (MAIN.stream().noneMatch(main -> main.getKey().equals(curve.name()))) {
        others.add(curve);
      }
    }
    html.element("h3", stage.stage()).open("div", "class", "charts");
    MAIN.forEach(main -> stage.curves().stream().filter(curve -> curve.name().equals(main.getKey())).findFirst()
        .ifPresent(curve -> single(html, main.getValue(), curve)));
    gates.forEach((part, curves) -> gates(html, part, curves));
    evaluations.forEach(curve -> single(html, curve.name(), curve));
    html.close("div");
    if (!others.isEmpty()) {
      html.open("details").element("summary", others.size() + " more").open("div", "class", "charts");
      others.forEach(curve -> single(html, curve.name(), curve));
      html.close("div").close("details");
    }
  }

  private static void single(Html html, String title, Curve values) {
    html.open("figure", "class", "card").open("figcaption").element("span", title);
    Curve curve = values.name().equals(MetricNames.MEMORY) ? mebibytes(values) : values;
    double[] smoothed = LineChart.smooth(curve.values());
    if (curve.name().equals(MetricNames.LEARNING_RATE)) {
      html.element("strong", "peak " + Format.number(Arrays.stream(smoothed).max().orElse(Double.NaN)));
    } else if (smoothed.length > 0) {
      html.element("strong", Format.number(smoothed[smoothed.length - 1]));
    }
    html.close("figcaption").raw(LineChart.svg(List.of(curve))).close("figure");
  }

  private static Curve mebibytes(Curve bytes) {
    return new Curve(bytes.name(), bytes.steps(), Arrays.stream(bytes.values()).map(b -> b / (1 << 20)).toArray());
  }

  private static void gates(Html html, String part, List<Curve> curves) {
    html.open("figure", "class", "card").open("figcaption").element("span", "Gates by layer, tanh" + (part.isEmpty() ? "" : ": " + part))
        .close("figcaption").raw(LineChart.svg(curves)).open("p", "class", "legend");
    for (int i = 0; i < curves.size(); i++) {
      html.open("span").open("i", "style", "background:" + LineChart.colour(i, curves.size())).close("i")
          .text(curves.get(i).name()).close("span");
    }
    html.close("p").close("figure");
  }
}

package io.llama3v.train.report;

import io.llama3v.train.eval.Bootstrap;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.EvaluationTable.Bar;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.report.ReportData.AttentionMap;
import io.llama3v.train.report.ReportData.Curve;
import io.llama3v.train.report.ReportData.Sample;
import io.llama3v.train.report.ReportData.SoupRow;
import io.llama3v.train.report.ReportData.Stage;
import io.llama3v.train.report.ReportData.StageCurves;
import io.llama3v.train.report.ReportData.TileGrid;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/** A report of made-up numbers, with every part filled. Run it to look at one: the argument is the file to write. */
final class DemoReport {
  private DemoReport() { }

  public static void main(String[] args) throws IOException {
    HtmlReport.write(Path.of(args[0]), data());
  }

  static ReportData data() {
    Map<String, String> provenance = new LinkedHashMap<>();
    provenance.put("version", "0.1.0-SNAPSHOT (3f9c2ab)");
    provenance.put("seed", "42");
    provenance.put("backend", "CPU: OpenBLAS 0.3.31, 2 threads, 512-bit vectors");
    provenance.put("java", "17.0.15+6");
    provenance.put("machine", "Linux amd64, 2 cores, 15.6 GiB");
    provenance.put("data", "11,061 icons in 24 shards, sha256 9b1c5e0d77aa41b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f607182930");
    return new ReportData("tiny-2026-11-22", "2026-11-22 18:40", provenance, "seed: 42\nstages:\n  - lm\n  - clip\n  # <script>alert(1)</script>\n",
        stages(), curves(), samples(), List.of(retrieval(), questions()), soup());
  }

  private static List<Stage> stages() {
    return List.of(new Stage("lm", Stage.Status.DONE, 1_500, 1_500, 128, "8 blocks of width 192"),
        new Stage("clip", Stage.Status.DONE, 2_400, 2_400, 402, "image and text tower"),
        new Stage("adapter", Stage.Status.DONE, 515, 515, 301, "cross-attention and projector"),
        new Stage("annealing", Stage.Status.DONE, 120, 120, 95, "tiles of 48 pixels"),
        new Stage("sft", Stage.Status.RUNNING, 140, 360, 64, "three runs, averaged"),
        new Stage("evaluation", Stage.Status.WAITING, 0, 0, 0, null));
  }

  private static List<StageCurves> curves() {
    Random random = new Random(1);
    List<Curve> clip = new ArrayList<>(common(random, 2_400, 5.5, 2.2, 1e-3));
    clip.add(curve("eval/retrieval R@1", 12, 200, k -> 0.12 * (1 - Math.exp(-k / 4.0))));
    clip.add(curve("logit_scale", 240, 10, k -> 14 + 30 * (1 - Math.exp(-k / 90.0))));
    List<Curve> adapter = new ArrayList<>(common(random, 515, 3.2, 0.6, 1e-3));
    for (int layer = 3; layer < 28; layer += 4) {
      int depth = layer;
      adapter.add(curve("gate/" + layer + "/attention", 52, 10, k -> Math.tanh(0.02 * k * (1 + depth / 20.0) * (depth % 8 == 3 ? 1 : -0.6))));
      adapter.add(curve("gate/" + layer + "/mlp", 52, 10, k -> Math.tanh(0.008 * k * (1 + depth / 30.0))));
    }
    return List.of(new StageCurves("clip", clip), new StageCurves("adapter", adapter));
  }

  private static List<Curve> common(Random random, int steps, double from, double to, double peak) {
    double[] loss = new double[steps];
    double[] norm = new double[steps];
    double[] rate = new double[steps];
    double[] speed = new double[steps];
    long[] index = new long[steps];
    for (int k = 0; k < steps; k++) {
      index[k] = k + 1;
      loss[k] = to + (from - to) * Math.exp(-4.0 * k / steps) + 0.12 * random.nextGaussian();
      norm[k] = 0.8 + 2 * Math.exp(-9.0 * k / steps) + 0.2 * Math.abs(random.nextGaussian()) + (k == steps / 2 ? 40 : 0);
      rate[k] = k < steps / 20 ? peak * k / (steps / 20) : peak * 0.5 * (1 + Math.cos(Math.PI * (k - steps / 20.0) / (0.95 * steps)));
      speed[k] = 1_520 + 60 * random.nextGaussian() - (k % 400 == 399 ? 500 : 0);
    }
    loss[steps / 3] = Double.NaN;
    return List.of(new Curve("loss", index, loss), new Curve("lr", index, rate), new Curve("grad_norm", index, norm),
        new Curve("images_per_second", index, speed));
  }

  private static Curve curve(String name, int points, int stride, IntToDoubleFunction value) {
    long[] steps = new long[points];
    double[] values = new double[points];
    for (int k = 0; k < points; k++) {
      steps[k] = (long) (k + 1) * stride;
      values[k] = value.applyAsDouble(k + 1);
    }
    return new Curve(name, steps, values);
  }

  private static EvaluationTable retrieval() {
    return new EvaluationTable("Zero-shot retrieval, picture to caption", "200 candidates; equal scores count by their expected rank.", List.of(
        Row.of("retrieval", "picture to caption", "held-out concepts", "R@1", 200, 0.12).withChance(0.005)
            .withInterval(new Bootstrap.Interval(0.12, 0.08, 0.165)).withBar(Bar.timesChance(15)),
        Row.of("retrieval", "picture to caption", "held-out concepts", "R@10", 200, 0.52).withChance(0.05)
            .withInterval(new Bootstrap.Interval(0.52, 0.45, 0.585)),
        Row.of("retrieval", "picture to caption", "Font Awesome (held-out style)", "R@1", 200, 0.035).withChance(0.005)
            .withInterval(new Bootstrap.Interval(0.035, 0.01, 0.06)).withBar(Bar.timesChance(8)),
        Row.of("retrieval", "picture to caption", "held-out concepts", "median rank", 200, 9.5).withChance(100.5)
            .withUnit("of 200")));
  }

  private static EvaluationTable questions() {
    return new EvaluationTable("Questions about held-out scenes", null, List.of(
        Row.of("vqa", "colour", "held-out concepts", "accuracy", 240, 0.942).withBlind(0.18).withChance(0.14)
            .withInterval(new Bootstrap.Interval(0.942, 0.91, 0.97)).withBar(Bar.aboveBlind(0.5)),
        Row.of("vqa", "corner", "held-out concepts", "accuracy", 240, 0.87).withBlind(0.25).withChance(0.25)
            .withInterval(new Bootstrap.Interval(0.87, 0.83, 0.91)).withBar(Bar.aboveBlind(0.4)),
        Row.of("vqa", "count", "held-out concepts", "accuracy", 240, 0.61).withBlind(0.24).withChance(0.25)
            .withInterval(new Bootstrap.Interval(0.61, 0.55, 0.67)).withBar(Bar.aboveBlind(0.2)),
        Row.of("caption", "", "held-out concepts", "token F1", 200, 0.41).withBlind(0.22)));
  }

  private static List<SoupRow> soup() {
    return List.of(new SoupRow("sft-1", false, 1 / 3.0, Map.of("seed", "1", "learning rate", "3e-4"), Map.of("colour", 0.93, "corner", 0.85)),
        new SoupRow("sft-2", false, 1 / 3.0, Map.of("seed", "2", "learning rate", "5e-4"), Map.of("colour", 0.94, "corner", 0.84)),
        new SoupRow("sft-3", false, null, Map.of("seed", "3", "learning rate", "1e-3"), Map.of("colour", 0.81, "corner", 0.88)),
        new SoupRow("uniform soup", true, null, Map.of(), Map.of("colour", 0.942, "corner", 0.87)));
  }

  private static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    samples.add(scene("scene-000121", "colour", 128, 128, new TileGrid(2, 2, 64, 128, 128), "What colour is the star?", "orange", "orange", "blue",
        true, false));
    samples.add(scene("scene-000188", "corner", 192, 60, new TileGrid(1, 3, 64, 192, 60), "In which corner is the house?", "top left",
        "bottom left", "top left", false, true));
    samples.add(scene("scene-000204", "count", 64, 180, new TileGrid(3, 1, 64, 64, 180), "How many icons are there?", "3", "3", "2", true, false));
    samples.add(scene("icon-bee-outline", "caption", 64, 64, TileGrid.single(64), null, "an outline of a bee in violet on white",
        "an outline of a bug in violet on white", "a red arrow", null, null));
    samples.add(new Sample("scene-<b>9</b>", "word", null, null, "What does it say? <script>alert(1)</script>", "\"LLAMA\" & more", "", "THE",
        false, false, List.of()));
    return samples;
  }

  private static Sample scene(String key, String kind, int width, int height, TileGrid tiles, String question, String target, String answer,
                              String blind, Boolean right, Boolean blindRight) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setColor(new Color(0xFFF7E6));
    g.fillRect(0, 0, width, height);
    g.setColor(new Color(0xE8700A));
    g.fillOval(width / 10, height / 10, 34, 34);
    g.setColor(new Color(0x5B3FA8));
    g.setStroke(new BasicStroke(4));
    g.drawRect(width - 46, height - 44, 32, 28);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
    g.dispose();
    List<AttentionMap> maps = new ArrayList<>();
    for (int layer = 3; layer <= 15; layer += 4) {
      float[] weights = new float[tiles.rows() * tiles.columns() * 64];
      for (int i = 0; i < weights.length; i++) {
        double row = (i % 64) / 8 - 2.5;
        double column = i % 8 - 2.5;
        weights[i] = (float) (0.02 + (i < 64 ? 1 : 0.15) * Math.exp(-(row * row + column * column) / layer));
      }
      maps.add(AttentionMap.ofTiles(layer, null, tiles.rows(), tiles.columns(), 8, 8, weights));
    }
    return new Sample(key, kind, RunFiles.dataUri(image), tiles, question, target, answer, blind, right, blindRight, maps);
  }
}

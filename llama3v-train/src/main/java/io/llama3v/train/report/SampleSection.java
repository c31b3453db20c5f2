package io.llama3v.train.report;

import io.llama3v.train.report.ReportData.AttentionMap;
import io.llama3v.train.report.ReportData.Sample;
import io.llama3v.train.report.ReportData.TileGrid;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Cards of samples: the picture on its tiles, the question, the answers beside the target, and where each adapter layer looked. */
final class SampleSection {
  /** What may stand in a picture's address: anything else is left out, so that a sample cannot bring other content into the page. */
  private static final Pattern PICTURE = Pattern.compile("data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]++");

  private SampleSection() { }

  static void write(Html html, List<Sample> samples) {
    if (samples.isEmpty()) {
      return;
    }
    html.open("section", "id", "samples").element("h2", "Samples");
    html.element("p", "Held-out pictures on their tiles: dashed lines part the tiles, hatching is padding. The small maps show where each "
        + "cross-attention layer looked; the numbers are the percentage of its attention that each tile got.", "class", "muted");
    html.open("div", "class", "samples");
    samples.forEach(sample -> card(html, sample));
    html.close("div").close("section").raw("\n");
  }

  private static void card(Html html, Sample sample) {
    TileGrid tiles = sample.tiles() == null ? TileGrid.single(1) : sample.tiles();
    html.open("article", "class", "card");
    if (sample.image() != null && PICTURE.matcher(sample.image()).matches()) {
      canvas(html, sample, tiles, "picture", null);
    }
    html.open("div", "class", "said");
    html.open("p", "class", "muted").text(sample.kind() == null ? sample.key() : sample.kind() + " \u00b7 " + sample.key()).close("p");
    if (sample.question() != null) {
      html.element("p", sample.question(), "class", "question");
    }
    html.raw("<dl>");
    answer(html, "target", sample.target(), null);
    answer(html, "model", sample.answer(), sample.right());
    answer(html, "blind", sample.blind(), sample.blindRight());
    html.raw("</dl>");
    html.close("div");
    if (!sample.attention().isEmpty()) {
      int side = Math.max(tiles.rows(), tiles.columns());
      html.open("div", "class", "maps", "style", "--map:" + Math.min(110, 56 * side) + "px");
      for (AttentionMap map : sample.attention()) {
        html.open("figure");
        canvas(html, sample, tiles, "map", map);
        html.element("figcaption", "layer " + map.layer() + (map.label() == null ? "" : " \u00b7 " + map.label())).close("figure");
      }
      html.close("div");
    }
    html.close("article");
  }

  private static void answer(Html html, String name, String text, Boolean right) {
    if (text == null) {
      return;
    }
    html.element("dt", name).open("dd");
    if (right != null) {
      html.element("span", right ? "\u2713" : "\u2717", "class", right ? "mark good" : "mark bad", "title", right ? "right" : "wrong");
    }
    html.text(text.isEmpty() ? "(nothing)" : text).close("dd");
  }

  /** The canvas of tiles with the picture in its corner; for a map the picture is faint and the weights lie over it. */
  private static void canvas(Html html, Sample sample, TileGrid tiles, String type, AttentionMap map) {
    double width = (double) tiles.columns() * tiles.tileSize();
    double height = (double) tiles.rows() * tiles.tileSize();
    // Tall canvases are not blown up to the card's width: they keep the height of a square one.
    html.open("div", "class", "canvas " + type, "style", "aspect-ratio:" + Html.n(width) + "/" + Html.n(height)
        + ";width:" + Html.n(Math.min(100, 100 * width / height)) + "%");
    if (sample.image() != null && PICTURE.matcher(sample.image()).matches()) {
      html.open("img", "alt", sample.target() == null ? sample.key() : sample.target(), "src", sample.image(), "style",
          "width:" + share(tiles.contentWidth(), width) + ";height:" + share(tiles.contentHeight(), height));
    }
    if (map != null) {
      html.open("img", "class", "heat", "alt", "", "src", HeatMap.dataUri(map.rows(), map.columns(), map.weights()));
    }
    grid(html, tiles);
    if (map != null && tiles.rows() * tiles.columns() > 1) {
      shares(html, tiles, map);
    }
    html.close("div");
  }

  private static void grid(Html html, TileGrid tiles) {
    for (int column = 1; column < tiles.columns(); column++) {
      html.open("i", "class", "v", "style", "left:" + share(column, tiles.columns())).close("i");
    }
    for (int row = 1; row < tiles.rows(); row++) {
      html.open("i", "class", "h", "style", "top:" + share(row, tiles.rows())).close("i");
    }
  }

  private static void shares(Html html, TileGrid tiles, AttentionMap map) {
    double[] sums = new double[tiles.rows() * tiles.columns()];
    double total = 0;
    for (int i = 0; i < map.weights().length; i++) {
      double weight = Float.isFinite(map.weights()[i]) ? Math.max(0, map.weights()[i]) : 0;
      int row = i / map.columns() * tiles.rows() / map.rows();
      int column = i % map.columns() * tiles.columns() / map.columns();
      sums[row * tiles.columns() + column] += weight;
      total += weight;
    }
    for (int tile = 0; tile < sums.length && total > 0; tile++) {
      html.element("small", String.format(Locale.ROOT, "%.0f", 100 * sums[tile] / total), "style",
          "left:" + share(tile % tiles.columns(), tiles.columns()) + ";top:" + share(tile / tiles.columns(), tiles.rows()));
    }
  }

  private static String share(double part, double whole) {
    return Html.n(Math.max(0, Math.min(100, 100 * part / whole))) + "%";
  }
}

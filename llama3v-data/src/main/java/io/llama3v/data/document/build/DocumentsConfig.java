package io.llama3v.data.document.build;

import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.data.document.grounding.BoxText;
import java.nio.file.Path;
import java.util.List;

/**
 * Which documents become which samples, as a YAML file states it.
 *
 * @param output        folder of the shards
 * @param seed          of every choice
 * @param threads       that draw, 0 for all cores; the result does not depend on it
 * @param sources       files, folders (with all that is below) and patterns of names, {@code pages/*.html}; PDF, HTML, TeX and Markdown
 *                      are told by their extensions
 * @param charts        charts to invent
 * @param flowCharts    flow charts to invent
 * @param scenes        pattern of tar shards with boxed objects, such as the corpus': they become samples for grounding; none by default
 * @param sceneSamples  scenes to take, at most; 0 for all
 * @param picture       width and height of pictures; HTML and Markdown are laid out in that width and cut at that height
 * @param fonts         of HTML, Markdown and charts
 * @param conversations whether a document's text is the answer to a question, or (false) its caption
 * @param code          samples of one boxed element's code for each picture of an HTML page
 * @param grounding     things pointed at on each picture, 0 for none
 * @param box           how a box is written in texts
 * @param maxText       characters of a document's text at most; pictures with more are left out
 * @param maxPages      pages of one PDF file at most; the rest is left out
 * @param shardSamples  samples in a shard
 */
public record DocumentsConfig(Path output, long seed, int threads, List<String> sources, int charts, int flowCharts, String scenes, int sceneSamples,
    Picture picture, DocumentFonts.Source fonts, Boolean conversations, Integer code, Integer grounding, BoxText box, int maxText, int maxPages,
    int shardSamples) {
  /** The size of pictures; 560 x 560 unless told otherwise. */
  public record Picture(int width, int height) {
    /** Fills in defaults and checks. */
    public Picture {
      width = width == 0 ? 560 : width;
      height = height == 0 ? 560 : height;
      new PictureLimits(width, height);
    }

    PictureLimits limits() {
      return new PictureLimits(width, height);
    }
  }

  /** Fills in defaults and checks. */
  public DocumentsConfig {
    if (output == null) throw new IllegalArgumentException("'output' is missing: the folder of the shards, for example data/documents");
    sources = sources == null ? List.of() : List.copyOf(sources);
    if (sources.isEmpty() && charts == 0 && flowCharts == 0 && scenes == null) {
      throw new IllegalArgumentException("nothing to make: expected 'sources', 'charts', 'flow_charts' or 'scenes'");
    }
    picture = picture == null ? new Picture(0, 0) : picture;
    fonts = fonts == null ? DocumentFonts.Source.SYSTEM : fonts;
    conversations = conversations == null || conversations;
    code = code == null ? 2 : code;
    grounding = grounding == null ? 3 : grounding;
    box = box == null ? new BoxText(null, null, 0) : box;
    maxText = maxText == 0 ? 4_000 : maxText;
    maxPages = maxPages == 0 ? 200 : maxPages;
    shardSamples = shardSamples == 0 ? 500 : shardSamples;
    for (int[] bound : new int[][] {{threads, 0}, {charts, 0}, {flowCharts, 0}, {sceneSamples, 0}, {code, 0}, {grounding, 0}, {maxText, 1}, {maxPages, 1}, {shardSamples, 1}}) {
      if (bound[0] < bound[1]) throw new IllegalArgumentException("a count is " + bound[0] + "; expected at least " + bound[1]);
    }
    if (charts + flowCharts > 0 && Math.min(picture.width(), picture.height()) < 200) {
      throw new IllegalArgumentException("pictures of " + picture.width() + "x" + picture.height() + " are too small for charts; expected 200x200 or more");
    }
  }
}

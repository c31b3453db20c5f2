package io.llama3v.train;

import io.llama3v.adapter.CrossAttentionWeights;
import io.llama3v.image.RgbImage;
import io.llama3v.train.report.AttentionMaps;
import io.llama3v.train.report.HtmlReport;
import io.llama3v.train.report.ReportData;
import io.llama3v.train.report.RunFiles;
import io.llama3v.vision.image.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where the cross-attention layers looked while an answer was made: the mean over the answer's tokens and over the heads. As text it
 * is a table of layers and tiles.
 *
 * @param question what was asked
 * @param answer what was answered
 * @param images the images asked about
 * @param placements how each lies on its tiles
 * @param weights the numbers, for every layer and token
 */
public record Attention(String question, String answer, List<RgbImage> images, List<Placement> placements,
    CrossAttentionWeights weights) {

  /** Indices of the cross-attention layers among all layers. */
  public int[] layers() {
    return weights.layers();
  }

  /**
   * What each tile of an image gets: shares of 1 over all images.
   *
   * @param layer which of the {@link #layers()}, from 0
   * @return as many numbers as the image fills tiles, row by row
   */
  public double[] tiles(int layer, int image) {
    return java.util.Arrays.copyOf(weights.tileShares(layer, image), placements.get(image).tiles());
  }

  /** A map over an image's canvas for each layer: the weights of its patches. */
  public List<ReportData.AttentionMap> maps(int image) {
    return AttentionMaps.of(weights, image, placements.get(image));
  }

  /** A page with the images, what was said, and the maps laid over them. */
  String page() {
    List<ReportData.Sample> samples = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      samples.add(new ReportData.Sample("image " + (i + 1), "asked", RunFiles.dataUri(images.get(i).toBufferedImage()),
          AttentionMaps.grid(placements.get(i)), question, null, answer, null, null, null, maps(i)));
    }
    return HtmlReport.render(new ReportData("Attention", null, null, null, null, null, samples, null, null));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "\"%s\": \"%s\"%n", question, answer));
    for (int i = 0; i < images.size(); i++) {
      Placement place = placements.get(i);
      text.append(String.format(Locale.ROOT, "image %d, %d x %d tiles, row by row:%n", i + 1, place.aspectRatio().tilesHigh(),
          place.aspectRatio().tilesWide()));
      for (int l = 0; l < layers().length; l++) {
        text.append(String.format(Locale.ROOT, "  layer %3d", layers()[l]));
        for (double share : tiles(l, i)) text.append(String.format(Locale.ROOT, " %5.1f %%", 100 * share));
        text.append(System.lineSeparator());
      }
    }
    return text.toString();
  }
}

package io.llama3v.train.report;

import io.llama3v.adapter.CrossAttentionWeights;
import io.llama3v.vision.image.Placement;
import java.util.ArrayList;
import java.util.List;

/** Weights of cross-attention layers as maps over an image's canvas of tiles. */
public final class AttentionMaps {
  /** Digits after the point: what a file of samples keeps. */
  private static final float STEPS = 1e6f;

  private AttentionMaps() { }

  /** A map for each layer; what class tokens got is left out. */
  public static List<ReportData.AttentionMap> of(CrossAttentionWeights weights, int image, Placement place) {
    int side = (int) Math.round(Math.sqrt(weights.positions() - 1));
    List<ReportData.AttentionMap> maps = new ArrayList<>();
    for (int layer = 0; layer < weights.layers().length; layer++) {
      float[] patches = weights.patches(layer, image, place.tiles());
      for (int i = 0; i < patches.length; i++) {
        patches[i] = Math.round(patches[i] * STEPS) / STEPS;
      }
      maps.add(ReportData.AttentionMap.ofTiles(weights.layers()[layer], null, place.aspectRatio().tilesHigh(),
          place.aspectRatio().tilesWide(), side, side, patches));
    }
    return maps;
  }

  /** How an image lies on its tiles. */
  public static ReportData.TileGrid grid(Placement place) {
    return new ReportData.TileGrid(place.aspectRatio().tilesHigh(), place.aspectRatio().tilesWide(), place.tileSize(),
        place.resizedWidth(), place.resizedHeight());
  }
}

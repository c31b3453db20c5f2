package io.llama3v.train.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.llama3v.train.eval.EvaluationTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a report shows. Every part may be left out: null reads as empty.
 *
 * @param name        name of the run
 * @param created     when the report was made, as text
 * @param provenance  what was run on what: version, seed, backend, machine, data
 * @param config      the effective configuration, as text
 * @param stages      the pipeline, in order
 * @param curves      the values logged, by stage
 * @param samples     held-out samples with what the model said
 * @param evaluations tables of scores
 * @param soup        the runs that were averaged, and the average
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReportData(String name, String created, Map<String, String> provenance, String config, List<Stage> stages,
                         List<StageCurves> curves, List<Sample> samples, List<EvaluationTable> evaluations, List<SoupRow> soup) {

  public ReportData {
    name = name == null ? "run" : name;
    created = created == null ? "" : created;
    provenance = ordered(provenance);
    config = config == null ? "" : config;
    stages = list(stages);
    curves = list(curves);
    samples = list(samples);
    evaluations = list(evaluations);
    soup = list(soup);
  }

  /** A report with a name and nothing else. */
  public static ReportData named(String name) {
    return new ReportData(name, null, null, null, null, null, null, null, null);
  }

  /**
   * Collects what a run directory holds: {@code metrics.jsonl}, {@code stages.json}, {@code samples.json}, {@code evaluation.json},
   * {@code soup.json}, {@code provenance.json} and {@code config.yaml}, as far as they are there. Pictures named in the samples are
   * read in.
   *
   * @throws IOException when a file is there and cannot be understood; the message names it
   */
  public static ReportData fromRun(Path run) throws IOException {
    return RunFiles.collect(run);
  }

  /**
   * One stage of the pipeline.
   *
   * @param name       its name, the key of its curves
   * @param status     where it stands
   * @param step       optimiser steps completed
   * @param totalSteps steps it is to take; 0 when that is not known
   * @param seconds    wall time spent
   * @param note       a remark, such as what it trains; may be null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Stage(String name, Status status, long step, long totalSteps, double seconds, String note) {
    /** Where a stage stands. */
    public enum Status { WAITING, RUNNING, DONE, FAILED }

    public Stage {
      name = name == null ? "" : name;
      status = status == null ? Status.DONE : status;
    }
  }

  /** The curves of one stage. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record StageCurves(String stage, List<Curve> curves) {
    public StageCurves {
      stage = stage == null ? "" : stage;
      curves = list(curves);
    }
  }

  /**
   * One value over the steps of a stage.
   *
   * @param name   {@linkplain MetricNames its name}
   * @param steps  optimiser steps completed, rising
   * @param values as many values, NaN and infinities included
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Curve(String name, long[] steps, double[] values) {
    public Curve {
      name = name == null ? "" : name;
      steps = steps == null ? new long[0] : steps;
      values = values == null ? new double[0] : values;
      if (steps.length != values.length) {
        throw new IllegalArgumentException("curve " + name + " has " + steps.length + " steps for " + values.length + " values");
      }
    }
  }

  /**
   * A picture, what was asked about it, and the answers.
   *
   * @param key        the sample's key
   * @param kind       kind of question; "caption" for a caption
   * @param image      a {@code data:image/...;base64,} address, or in {@code samples.json} a path inside the run directory
   * @param tiles      how the picture lies on its tiles
   * @param question   the question; null for a caption
   * @param target     the right answer
   * @param answer     the model's
   * @param blind      the blind model's
   * @param right      whether the answer is right; null where that is not a yes or no
   * @param blindRight whether the blind answer is
   * @param attention  where the cross-attention layers looked
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Sample(String key, String kind, String image, TileGrid tiles, String question, String target, String answer, String blind,
                       Boolean right, Boolean blindRight, List<AttentionMap> attention) {
    public Sample {
      key = key == null ? "" : key;
      attention = list(attention);
    }

    Sample withImage(String address) {
      return new Sample(key, kind, address, tiles, question, target, answer, blind, right, blindRight, attention);
    }
  }

  /**
   * The canvas of {@code rows * columns} square tiles. The resized picture lies in its upper left corner; the rest is padding.
   *
   * @param tileSize      side of a tile, in pixels
   * @param contentWidth  width of the resized picture on the canvas, in the same pixels
   * @param contentHeight its height
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TileGrid(int rows, int columns, int tileSize, int contentWidth, int contentHeight) {
    public TileGrid {
      if (rows < 1 || columns < 1 || tileSize < 1) {
        throw new IllegalArgumentException("tile grid " + rows + " x " + columns + " of " + tileSize + " pixels: all must be at least 1");
      }
    }

    /** One square tile filled by the picture. */
    public static TileGrid single(int size) {
      return new TileGrid(1, 1, size, size, size);
    }
  }

  /**
   * How much attention each cell of the canvas got, from one layer.
   *
   * @param layer   index of the cross-attention layer among the language model's layers
   * @param label   what was attended from, such as the token; may be null
   * @param rows    cells from top to bottom of the canvas
   * @param columns cells from left to right
   * @param weights [rows, columns], row-major, 0 or more
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record AttentionMap(int layer, String label, int rows, int columns, float[] weights) {
    public AttentionMap {
      if (rows < 1 || columns < 1 || weights == null || (long) rows * columns != weights.length) {
        throw new IllegalArgumentException("attention map of layer " + layer + " has " + (weights == null ? 0 : weights.length)
            + " weights for " + rows + " x " + columns + " cells");
      }
    }

    /**
     * A map from weights in the order of the encoder's output: tile after tile, each a grid of patches.
     *
     * @param weights [tileRows * tileColumns, patchRows, patchColumns], row-major; without class tokens and padding
     */
    public static AttentionMap ofTiles(int layer, String label, int tileRows, int tileColumns, int patchRows, int patchColumns,
                                       float[] weights) {
      int rows = tileRows * patchRows;
      int columns = tileColumns * patchColumns;
      if ((long) rows * columns != weights.length) {
        throw new IllegalArgumentException(weights.length + " weights for " + tileRows + " x " + tileColumns + " tiles of " + patchRows
            + " x " + patchColumns + " patches");
      }
      float[] canvas = new float[weights.length];
      for (int i = 0; i < weights.length; i++) {
        int tile = i / (patchRows * patchColumns);
        int patch = i % (patchRows * patchColumns);
        int row = tile / tileColumns * patchRows + patch / patchColumns;
        int column = tile % tileColumns * patchColumns + patch % patchColumns;
        canvas[row * columns + column] = weights[i];
      }
      return new AttentionMap(layer, label, rows, columns, canvas);
    }
  }

  /**
   * One run of a model soup, or the soup itself.
   *
   * @param name     its name
   * @param result   whether this is the average rather than an ingredient
   * @param weight   its share of the average; null when it was left out, and for the average
   * @param settings what set it apart: seed, learning rate
   * @param scores   its scores by name; fractions
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record SoupRow(String name, boolean result, Double weight, Map<String, String> settings, Map<String, Double> scores) {
    public SoupRow {
      name = name == null ? "" : name;
      settings = ordered(settings);
      scores = ordered(scores);
    }
  }

  private static <T> List<T> list(List<T> items) {
    return items == null ? List.of() : List.copyOf(items);
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}

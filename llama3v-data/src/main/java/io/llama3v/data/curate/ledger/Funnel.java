package io.llama3v.data.curate.ledger;

import java.util.List;
import java.util.Map;

/**
 * A curation in numbers and examples: what {@code funnel.json} holds.
 *
 * @param name     of the run
 * @param input    samples in the raw shards, as far as they could be counted
 * @param kept     samples in the curated set
 * @param sources  input samples by source
 * @param stages   reading, then the steps in their order
 * @param scores   histograms by score name
 * @param survivors examples of what was kept
 * @param settings every step's settings
 */
public record Funnel(String name, long input, long kept, Map<String, Long> sources, List<Stage> stages,
    List<Histogram> scores, List<Card> survivors, Map<String, Map<String, String>> settings) {

  /** What one step did: samples that came, and those it dropped by reason. */
  public record Stage(String step, long in, long dropped, List<Reason> reasons) {}

  /** One reason, most frequent first in its stage. */
  public record Reason(String reason, long count, List<Card> examples) {}

  /**
   * One sample to look at.
   *
   * @param picture a small PNG as base64; empty where there is none to show
   */
  public record Card(String shard, String key, String caption, String detail, Map<String, Double> scores, String picture) {}

  /**
   * How a score is distributed.
   *
   * @param samples how many values it was made of
   * @param of      how many values there are
   * @param low     left edge of the first bin
   * @param high    right edge of the last one
   * @param kept    values in each bin, of kept samples
   * @param dropped of dropped ones
   */
  public record Histogram(String score, long samples, long of, double low, double high, long[] kept, long[] dropped) {}
}

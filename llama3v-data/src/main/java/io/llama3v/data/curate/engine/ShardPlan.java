package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.ledger.Tally;
import io.llama3v.io.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which kept samples go to which curated shard: in the order of inputs, the same number in each.
 *
 * @param before {@code before[s]} kept samples lie in input shards before {@code s}; the last entry is their whole number
 * @param size   samples in a curated shard
 */
record ShardPlan(long[] before, int size) {

  /** Some kept samples of one input shard: those numbered {@code from} to {@code to − 1} among its kept ones. */
  record Slice(int shard, long from, long to) {}

  static ShardPlan of(CurationJob job) throws IOException {
    long[] before = new long[job.shards().size() + 1];
    for (int s = 0; s < job.shards().size(); s++) {
      before[s + 1] = before[s] + tally(job, s).kept();
    }
    return new ShardPlan(before, job.config().output().shardSamples());
  }

  static Tally tally(CurationJob job, int shard) throws IOException {
    return Json.mapper().readValue(job.folder().tally(shard).toAbsolutePath().toFile(), Tally.class);
  }

  long kept() {
    return before[before.length - 1];
  }

  int shards() {
    return Math.toIntExact((kept() + size - 1) / size);
  }

  List<Slice> slices(int output) {
    long from = (long) output * size;
    long to = Math.min(kept(), from + size);
    List<Slice> slices = new ArrayList<>();
    int first = Arrays.binarySearch(before, from);
    first = first >= 0 ? first : -first - 2;
    for (int s = first; s < before.length - 1 && before[s] < to; s++) {
      long a = Math.max(from, before[s]);
      long b = Math.min(to, before[s + 1]);
      if (a < b) {
        slices.add(new Slice(s, a - before[s], b - before[s]));
      }
    }
    return slices;
  }
}

package io.llama3v.data.curate.input;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;

/**
 * One input sample as its shard has it, good or not.
 *
 * @param key    null where damage left none
 * @param sample null if it cannot be used
 * @param row    metadata: the Parquet row, the JSONL line, or null
 * @param reason why it cannot be used, null if it can
 * @param detail the same for people
 */
record RawSample(String key, Sample sample, JsonNode row, String reason, String detail) {
  static RawSample good(Sample sample, JsonNode row) {
    return new RawSample(sample.key(), sample, row, null, null);
  }

  static RawSample bad(String key, JsonNode row, String reason, String detail) {
    return new RawSample(key, null, row, reason, detail);
  }
}

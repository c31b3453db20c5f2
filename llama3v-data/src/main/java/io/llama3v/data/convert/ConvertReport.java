package io.llama3v.data.convert;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/**
 * What a conversion did; {@code convert.json} in its folder, written last.
 *
 * @param conversations written
 * @param turns         answers in them
 * @param pictures      in them
 * @param skipped       conversations that were left out, by reason
 * @param examples      the first of those, with what was wrong
 * @param counts        what the source counted
 */
public record ConvertReport(long conversations, long turns, long pictures, Map<String, Long> skipped,
    @JsonProperty("skipped_examples") List<String> examples, Map<String, Long> counts) {
  /** File name of the report. */
  public static final String FILE = "convert.json";
}

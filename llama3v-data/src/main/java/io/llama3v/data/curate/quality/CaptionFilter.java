package io.llama3v.data.curate.quality;

import io.llama3v.data.curate.CurationRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Judges captions one by one: a sample stays while one of its captions does. */
final class CaptionFilter {
  private CaptionFilter() {}

  /**
   * The record with its good captions, or dropped for the first one's reason.
   *
   * @param judge gives the reason why a caption is bad, or null
   */
  static CurationRecord apply(CurationRecord record, String step, Function<String, String> judge) {
    List<String> good = new ArrayList<>();
    String first = null;
    for (String caption : record.captions()) {
      String reason = judge.apply(caption);
      if (reason == null) {
        good.add(caption);
      } else if (first == null) {
        first = reason;
      }
    }
    if (good.isEmpty()) {
      return record.dropped(step, first == null ? "no-caption" : first);
    }
    return first == null ? record : record.withCaptions(good);
  }
}

package io.llama3v.data.curate.dedup;

import io.llama3v.data.curate.CurationRecord;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What makes one of several copies the one to keep.
 *
 * @param pixels width times height
 * @param words  different words in the caption
 * @param score  of picture and caption together, such as CLIP's; 0 if it was not measured
 */
public record Quality(long pixels, int words, double score) {
  /** Reads it off a record; {@code scoreName} may be missing there. */
  public static Quality of(CurationRecord record, String scoreName) {
    int words = (int) Arrays.stream(record.caption().split("\\s+")).filter(w -> !w.isEmpty()).distinct().count();
    return new Quality(record.picture() == null ? 0 : record.picture().pixels(), words, record.scores().getOrDefault(scoreName, 0.0));
  }

  /** One way in which a copy is better than another; each in bands, so that a trifle does not outvote the next criterion. */
  public enum Criterion {
    /** More pixels, in bands of a factor of 1.5. */
    RESOLUTION,
    /** More different words in the caption, up to 16, in bands of 2. */
    CAPTION,
    /** A higher score, in bands of 0.02. */
    SCORE;

    private int band(Quality q) {
      return switch (this) {
        case RESOLUTION -> q.pixels <= 0 ? 0 : (int) (StrictMath.log(q.pixels) / StrictMath.log(1.5));
        case CAPTION -> Math.min(q.words, 16) / 2;
        case SCORE -> (int) Math.floor(q.score / 0.02);
      };
    }
  }

  /** The better one first: by the criteria in their order, and where those are equal by pixels, score and words themselves. */
  public static Comparator<Quality> better(List<Criterion> criteria) {
    Comparator<Quality> order = (a, b) -> 0;
    for (Criterion c : criteria) order = order.thenComparing((a, b) -> Integer.compare(c.band(b), c.band(a)));
    return order.thenComparing((a, b) -> Long.compare(b.pixels, a.pixels)).thenComparing((a, b) -> Double.compare(b.score, a.score))
        .thenComparing((a, b) -> Integer.compare(b.words, a.words));
  }
}

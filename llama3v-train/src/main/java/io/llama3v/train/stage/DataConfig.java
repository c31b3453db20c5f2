package io.llama3v.train.stage;

import java.nio.file.Path;

/**
 * A set of samples in a stage's mixture. A sample with {@code messages} or {@code conversations} in its JSON is a conversation, any other a text or
 * caption; one without a picture is text alone.
 *
 * @param shards pattern of tar shards: {@code data/pairs-{00000..00099}.tar}, {@code data/pairs-*.tar}; also JSONL files and selections, see
 *     {@link io.llama3v.data.pipeline.SampleSources}
 * @param lines text file with a document a line, instead of shards
 * @param weight share of the mixture, in proportion to the other sets'; 1 unless told otherwise
 * @param share part of the set that is used, chosen at random; all unless told otherwise
 */
public record DataConfig(String shards, Path lines, double weight, double share) {
  /** Fills in defaults and checks. */
  public DataConfig {
    if ((shards == null) == (lines == null)) throw new IllegalArgumentException("a data set needs either 'shards' or 'lines'");
    weight = Defaults.or(weight, 1);
    share = Defaults.or(share, 1);
    Defaults.positive("weight", weight);
    if (!(share > 0 && share <= 1)) throw new IllegalArgumentException("share " + share + "; expected more than 0, up to 1");
  }
}

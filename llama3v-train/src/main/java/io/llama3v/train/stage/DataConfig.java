package io.llama3v.train.stage;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A set of samples in a stage's mixture. A sample with {@code messages} or {@code conversations} in its JSON is a conversation, any other a text or
 * caption; one without a picture is text alone.
 *
 * @param corpus set of the run's corpus: {@code scenes/train}, {@code questions/train}, {@code words/train}, {@code icons/train}
 * @param shards pattern of tar shards: {@code data/pairs-{00000..00099}.tar}, {@code data/pairs-*.tar}; also JSONL files and selections, see
 *     {@link io.llama3v.data.pipeline.SampleSources}
 * @param lines text file with a document a line, instead of shards
 * @param weight share of the mixture, in proportion to the other sets'; 1 unless told otherwise
 * @param share part of the set that is used, chosen at random; all unless told otherwise
 */
public record DataConfig(String corpus, String shards, Path lines, double weight, double share) {
  /** Fills in defaults and checks. */
  public DataConfig {
    if (Stream.of(corpus, shards, lines).filter(Objects::nonNull).count() != 1) {
      throw new IllegalArgumentException("a data set needs one of 'corpus', 'shards' and 'lines'");
    }
    weight = Defaults.or(weight, 1);
    share = Defaults.or(share, 1);
    Defaults.positive("weight", weight);
    if (!(share > 0 && share <= 1)) throw new IllegalArgumentException("share " + share + "; expected more than 0, up to 1");
  }

  /** A set of the corpus. */
  static DataConfig ofCorpus(String set, double weight) {
    return new DataConfig(set, null, null, weight, 1);
  }

  /** The sets with those of the corpus by the names of their shards. */
  static Map<String, DataConfig> resolved(PipelineConfig c, Map<String, DataConfig> sets) {
    Map<String, DataConfig> all = new TreeMap<>();
    sets.forEach((name, d) -> all.put(name, d.corpus == null ? d
        : new DataConfig(null, StageContext.shards(c, d.corpus), null, d.weight, d.share)));
    return all;
  }
}

package example;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.ModelProvider;
import io.llama3v.data.curate.StepContext;
import io.llama3v.data.curate.Steps;
import io.llama3v.data.curate.decontaminate.BenchmarkTexts;
import io.llama3v.data.curate.decontaminate.Decontaminator;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Conversations that a benchmark would recognise, by any of their turns or by their picture. Decontaminate CONFIG SHARDS prints them; the
 * section 'decontaminate' of the configuration names the benchmark.
 */
public final class Decontaminate {
  private Decontaminate() {}

  public static void main(String[] args) throws IOException {
    CurationConfig config = ConfigLoader.load(Path.of(args[0]), CurationConfig.class);
    try (Decontaminator check = Steps.decontaminator(config.decontaminate(), new StepContext(config.seed(), ModelProvider::find));
        ShardIndex pool = ShardIndex.open(args[1])) {
      System.out.printf("%d of %d samples are contaminated%n", count(check, pool), pool.size());
    }
  }

  /** Prints each sample that is contaminated, and counts them. */
  static int count(Decontaminator check, SampleSource pool) throws IOException {
    int contaminated = 0;
    for (long i = 0; i < pool.size(); i++) {
      Sample sample = pool.read(i);
      List<String> turns = BenchmarkTexts.of(sample, List.of("question", "answer"));
      RgbImage picture = sample.hasImage() ? ImageDecoder.decode(sample.image(), sample.key()) : null;
      Decontaminator.Finding found = check.find(turns, picture);
      if (!found.contaminated()) continue;
      contaminated++;
      System.out.printf("%s: %s%n", sample.key(), found.picture() ? "picture of " + found.nearest().key() : "shared text");
    }
    return contaminated;
  }
}

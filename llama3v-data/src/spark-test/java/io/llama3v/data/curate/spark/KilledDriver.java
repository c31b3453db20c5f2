package io.llama3v.data.curate.spark;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.engine.Curation;
import io.llama3v.data.curate.engine.CurationJob;
import io.llama3v.data.curate.engine.Engine;
import io.llama3v.data.curate.engine.Phase;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** A driver with an executor of its own, which ends as if by SIGKILL in the middle of the second pass. */
public final class KilledDriver {
  static final int CODE = 137;

  private KilledDriver() {}

  /** Dies when some shards of the second pass are done. */
  private record Dying(Engine engine) implements Engine {
    @Override
    public String name() {
      return engine.name();
    }

    @Override
    public void run(CurationJob job, Phase phase, int count, Progress progress) throws IOException {
      engine.run(job, phase, count, (finished, of) -> {
        if (phase.pass() == 1 && finished >= 3) {
          Runtime.getRuntime().halt(CODE);
        }
      });
    }

    @Override
    public void reduce(CurationJob job, int pass, int threads) throws IOException {
      engine.reduce(job, pass, threads);
    }
  }

  /** @param args a configuration's file */
  public static void main(String[] args) throws IOException {
    CurationConfig config = ConfigLoader.load(Path.of(args[0]), CurationConfig.class);
    try (JavaSparkContext context = SparkEngineTest.context(1)) {
      Curation.run(config, SparkEngineTest.steps(config), new Dying(SparkEngine.on(context, 0, SparkEngineTest::steps)));
    }
  }
}

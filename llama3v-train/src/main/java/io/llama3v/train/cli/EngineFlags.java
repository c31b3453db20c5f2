package io.llama3v.train.cli;

import io.llama3v.data.curate.engine.Engine;
import io.llama3v.data.curate.engine.EngineException;
import io.llama3v.data.curate.engine.EngineOptions;
import io.llama3v.data.curate.engine.Engines;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --engine} and how it runs. No part of the configuration: the files are the same whatever runs. */
final class EngineFlags {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--engine", paramLabel = "NAME", defaultValue = Engines.LOCAL,
      description = "What runs it: local, threads of this process, or spark. The files are the same. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(names = "--master", paramLabel = "URL",
      description = "Spark's master: spark://host:7077, yarn, local[4], or local-cluster[2,1,1024] (executors, cores, MiB). Default: local[*].")
  private String master;

  @Option(names = "--partitions", paramLabel = "N", defaultValue = "0",
      description = "Into how many pieces Spark cuts the shards of a pass. Default: one a shard.")
  private int partitions;

  @Option(names = "--spark-conf", paramLabel = "KEY=VALUE", description = "A setting of Spark; may be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  /** Starts the engine that was asked for. */
  Engine open(int threads) throws EngineException {
    if (!name.equals(Engines.SPARK) && (master != null || partitions != 0 || !settings.isEmpty())) {
      throw new ParameterException(spec.commandLine(), "--master, --partitions and --spark-conf belong to --engine spark");
    }
    try {
      return Engines.open(name, new EngineOptions(threads, master, partitions, settings));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}

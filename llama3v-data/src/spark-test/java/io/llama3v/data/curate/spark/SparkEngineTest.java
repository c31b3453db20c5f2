package io.llama3v.data.curate.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.Steps;
import io.llama3v.data.curate.engine.Curation;
import io.llama3v.data.curate.engine.Engine;
import io.llama3v.data.curate.engine.EngineException;
import io.llama3v.data.curate.engine.EngineOptions;
import io.llama3v.data.curate.engine.LocalEngine;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of two executors, each a JVM of its own, against threads of this one. */
class SparkEngineTest {
  private static final int PATIENCE_SECONDS = 120;
  @TempDir static Path dir;
  private static final Set<String> EXECUTORS = new ConcurrentSkipListSet<>();
  private static JavaSparkContext context;
  private static Map<String, String> expected;
  private static Funnel funnel;

  @BeforeAll
  static void start() throws Exception {
    for (String chatty : List.of("org.apache", "org.sparkproject")) {
      System.setProperty("org.slf4j.simpleLogger.log." + chatty, "warn");
    }
    DirtyShards.write(dir.resolve("raw"));
    CurationConfig config = config("local/run");
    try (Engine engine = new LocalEngine(1)) {
      funnel = Curation.run(config, steps(config), engine);
    }
    expected = files(dir.resolve("local/run"));
    context = context(2);
    try {
      context.parallelize(List.of(1, 2), 2).foreachAsync(i -> { }).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      Assumptions.abort("NOT TESTED: no executor of local-cluster[2,1,1024] started within " + PATIENCE_SECONDS
          + " s; their stderr is in " + System.getProperty("java.io.tmpdir") + "/worker-*");
    }
    context.sc().addSparkListener(new SparkListener() {
      @Override
      public void onTaskEnd(SparkListenerTaskEnd end) {
        EXECUTORS.add(end.taskInfo().executorId());
      }
    });
  }

  /** The first job waits for all executors. Code that runs for seconds needs no optimising compiler. */
  static JavaSparkContext context(int executors) throws EngineException {
    return SparkStart.context(new EngineOptions(0, "local-cluster[" + executors + ",1,1024]", 0, Map.of(
        "spark.scheduler.minRegisteredResourcesRatio", "1.0", "spark.scheduler.maxRegisteredResourcesWaitingTime", PATIENCE_SECONDS + "s",
        "spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1")));
  }

  @AfterAll
  static void stop() {
    if (context != null) {
      context.close();
    }
  }

  static CurationConfig config(String run) {
    return ConfigLoader.parse(DirtyShards.yaml(dir, run), "test", CurationConfig.class, List.of());
  }

  /** Those of the configuration, and at the end one that fails in Spark's first attempt at shard 2. */
  static List<Step<?>> steps(CurationConfig config) throws IOException {
    List<Step<?>> steps = new ArrayList<>(Steps.create(config));
    steps.add(new FailsOnce(2));
    return steps;
  }

  static Map<String, String> files(Path run) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(run)) {
      for (Path p : walk.filter(Files::isRegularFile).filter(p -> !p.endsWith(".lock") && !p.endsWith("curation.yaml")).toList()) {
        digests.put(run.relativize(p).toString(), Digests.sha256(p));
      }
    }
    return digests;
  }

  private static void spark(String run, int partitions) throws IOException {
    CurationConfig config = config(run);
    try (Engine engine = SparkEngine.on(context, partitions, SparkEngineTest::steps)) {
      Curation.run(config, steps(config), engine);
    }
  }

  @Test
  void executorsLeaveTheBytesOfTheLocalEngine() throws IOException {
    assertEquals(DirtyShards.DROPPED, DirtyShards.dropped(funnel), "the corpus meets every reduction");
    spark("spark/run", 0);
    assertEquals(expected, files(dir.resolve("spark/run")));
    spark("three/run", 3);
    assertEquals(expected, files(dir.resolve("three/run")));
    assertEquals(Set.of("0", "1"), EXECUTORS, "both executors worked, and the driver did not");
  }

  @Test
  void aKilledDriverIsContinued() throws Exception {
    Path run = dir.resolve("killed/run");
    Path yaml = Files.writeString(dir.resolve("killed.yaml"), DirtyShards.yaml(dir, "killed/run"));
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g", "-XX:TieredStopAtLevel=1"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(a -> a.startsWith("--add-"))
        .forEach(command::add);
    System.getProperties().stringPropertyNames().stream().filter(name -> name.startsWith("org.slf4j.simpleLogger."))
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), KilledDriver.class.getName(), yaml.toString()));
    Process driver = new ProcessBuilder(command).inheritIO().start();
    assertTrue(driver.waitFor(2 * PATIENCE_SECONDS, TimeUnit.SECONDS), "the driver hangs");
    assertEquals(KilledDriver.CODE, driver.exitValue(), "the driver was killed in the middle");
    assertFalse(Files.exists(run.resolve("funnel.json")));
    Map<Path, FileTime> done = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(run)) {
      for (Path p : walk.filter(p -> p.toString().matches(".*/[^.][^/]*\\.(gz|part)")).toList()) {
        done.put(p, Files.getLastModifiedTime(p));
      }
    }
    assertTrue(done.size() > 8, "a pass was done: " + done.keySet());
    spark("killed/run", 0);
    assertEquals(expected, files(run));
    for (Map.Entry<Path, FileTime> file : done.entrySet()) {
      assertEquals(file.getValue(), Files.getLastModifiedTime(file.getKey()), file.getKey() + " was made again");
    }
  }

  @Test
  void stepsThatExecutorsCannotMakeAreNamed() throws IOException {
    CurationConfig config = config("other/run");
    EngineException refused;
    try (Engine engine = SparkEngine.on(context, 0, Steps::create)) { // lacks the last step
      refused = assertThrows(EngineException.class, () -> Curation.run(config, steps(config), engine));
    }
    assertTrue(refused.getMessage().contains("StepFactory"), refused.getMessage());
  }
}

package io.llama3v.data.curate.spark;

import io.llama3v.data.curate.engine.EngineException;
import io.llama3v.data.curate.engine.EngineOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Starts Spark with what our executors need: this process's class path and JVM modules, and its working folder for relative paths. What
 * the caller, {@code spark-submit} or system properties set stays as it is.
 */
final class SparkStart {
  private static final String LOCAL_CLUSTER = "local-cluster";
  private static final String TESTING = "spark.testing";
  private static final String TEST_HOME = "spark.test.home";

  private SparkStart() {}

  static JavaSparkContext context(EngineOptions options) throws EngineException {
    if (!System.getProperty("java.specification.version").equals("1.8") && !opened()) {
      throw new EngineException("Spark needs packages of the JDK that this JVM keeps closed; start it with "
          + "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED and the others that docs/guide/spark.md lists (examples/bin/llama3v does so for "
          + "'--engine spark')");
    }
    SparkConf conf = conf(options);
    try {
      return conf.get("spark.master").startsWith(LOCAL_CLUSTER) && System.getenv("SPARK_HOME") == null ? withoutHome(conf)
          : new JavaSparkContext(conf);
    } catch (Exception e) { // Scala throws SparkException without declaring it
      throw new EngineException("Spark did not start at " + conf.get("spark.master") + ": " + e.getMessage(), e);
    }
  }

  private static boolean opened() {
    return Object.class.getModule().isOpen("sun.nio.ch", SparkStart.class.getModule());
  }

  static SparkConf conf(EngineOptions options) {
    SparkConf conf = new SparkConf();
    options.settings().forEach(conf::set);
    if (options.master() != null) {
      conf.setMaster(options.master());
    }
    conf.setIfMissing("spark.master", "local[*]").setIfMissing("spark.app.name", "llama3v curate");
    String master = conf.get("spark.master");
    if (master.startsWith("local")) {
      conf.setIfMissing("spark.ui.enabled", "false");
    }
    if (master.equals("local") || master.startsWith("local[")) {
      return conf;
    }
    if (master.startsWith(LOCAL_CLUSTER)) {
      conf.setIfMissing("spark.executorEnv.SPARK_TESTING", "1"); // so that executors start without an installation of Spark
      conf.setIfMissing("spark.executorEnv.SPARK_SCALA_VERSION", "2.13");
    }
    conf.setIfMissing("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    List<String> jvm = new ArrayList<>();
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      jvm.add("--add-modules jdk.incubator.vector"); // the same kernels as here
    }
    jvm.add("-Duser.dir=" + quoted(Path.of("").toAbsolutePath().toString()));
    Map<String, String> ours = new TreeMap<>();
    System.getProperties().stringPropertyNames().stream().filter(name -> name.startsWith("llama3v."))
        .forEach(name -> ours.put(name, System.getProperty(name)));
    ours.forEach((name, value) -> jvm.add("-D" + name + "=" + quoted(value)));
    String given = conf.get("spark.executor.extraJavaOptions", "");
    return conf.set("spark.executor.extraJavaOptions", (given + " " + String.join(" ", jvm)).strip());
  }

  private static String quoted(String value) {
    return value.matches("[A-Za-z0-9_./:,=+-]*") ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /**
   * Spark's cluster on one machine wants an installation, or this switch of its own tests, which it reads while it starts; with it, workers
   * keep their files in temporary folders and not in the working one.
   */
  private static JavaSparkContext withoutHome(SparkConf conf) {
    String testing = System.setProperty(TESTING, "true");
    String home = System.setProperty(TEST_HOME, System.getProperty("java.io.tmpdir"));
    try {
      return new JavaSparkContext(conf);
    } finally {
      restore(TESTING, testing);
      restore(TEST_HOME, home);
    }
  }

  private static void restore(String property, String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }
}

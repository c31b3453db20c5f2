package io.llama3v.data.curate.spark;

import io.llama3v.data.curate.engine.Engine;
import io.llama3v.data.curate.engine.EngineException;
import io.llama3v.data.curate.engine.EngineOptions;
import io.llama3v.data.curate.engine.EngineProvider;
import io.llama3v.data.curate.engine.Engines;

/** Starts {@link SparkEngine}, and says what is missing where that cannot be. Refers to Spark's classes only when they are there. */
public final class SparkEngineProvider implements EngineProvider {
  @Override
  public String name() {
    return Engines.SPARK;
  }

  @Override
  public Engine open(EngineOptions options) throws EngineException {
    try {
      Class.forName("org.apache.spark.api.java.JavaSparkContext", false, getClass().getClassLoader());
    } catch (ClassNotFoundException absent) {
      throw new EngineException("Apache Spark is not on the class path. Build with the Maven profile 'spark' (mvn -Pspark package; "
          + "examples/bin/llama3v does so for '--engine spark'), or add org.apache.spark:spark-core_2.13:3.5.8", absent);
    }
    return SparkEngine.start(options);
  }
}

package io.llama3v.train.stage;

import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigLoader;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a run's numbers come from: what one needs to know to get them again. */
final class Provenance {
  private Provenance() {}

  static Map<String, String> of(PipelineConfig config, Backend backend) {
    Map<String, String> facts = of(backend);
    facts.put("seed", String.valueOf(config.seed()));
    facts.put("configuration", ConfigLoader.hash(config));
    return facts;
  }

  static Map<String, String> of(Map<String, String> settings, Backend backend) {
    Map<String, String> facts = of(backend);
    facts.putAll(settings);
    return facts;
  }

  private static Map<String, String> of(Backend backend) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("last started", LocalDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("backend", backend.describe());
    facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    facts.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
        + Runtime.getRuntime().availableProcessors() + " processors");
    return facts;
  }
}

package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.io.Digests;
import io.llama3v.train.cli.TinyModels;
import io.llama3v.train.exact.TinyCorpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CLIP pre-training on pairs of one's own. */
class ClipPairsTest {
  @TempDir Path folder;

  @Test
  void itSeesPicturesAsTheSectionSays() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    try (Backend backend = Backend.named("cpu")) {
      TinyModels.write(backend, folder.resolve("llama"), folder.resolve("clip"));
    }
    assertNotEquals(train("colour"), train("figure"));
  }

  private String train(String picture) throws IOException {
    Path run = folder.resolve(picture);
    String yaml = """
        run: %s
        backend: cpu
        stages: [clip]
        language_model: {load: %s}
        clip:
          image_size: 16
          patch: 8
          embed: 8
          context: 8
          picture: %s
          vision: {width: 16, layers: 1, heads: 2}
          text: {width: 16, layers: 1, heads: 2}
          data: {pairs: {shards: "%s/icons/train-*.tar"}}
          training: {steps: 2, batch_size: 4, learning_rate: 1e-2}
        """.formatted(run, folder.resolve("llama"), picture, folder.resolve("corpus"));
    Pipeline.of(ConfigLoader.parse(yaml, "test", PipelineConfig.class, List.of())).run();
    return Digests.sha256(run.resolve("clip/model.safetensors"));
  }
}

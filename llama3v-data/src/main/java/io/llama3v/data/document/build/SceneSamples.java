package io.llama3v.data.document.build;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.grounding.Targets;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleException;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import java.io.IOException;

/** Scenes of the icon corpus, whose boxes are known, as samples for grounding. Safe for use by several threads. */
final class SceneSamples {
  private final DocumentsConfig config;
  private final ShardIndex shards;
  private final PageSamples samples;

  SceneSamples(DocumentsConfig config, ShardIndex shards) {
    this.config = config;
    this.shards = shards;
    this.samples = new PageSamples(config);
  }

  int size() {
    return (int) Math.min(Integer.MAX_VALUE / 2, config.sceneSamples() == 0 ? shards.size() : Math.min(shards.size(), config.sceneSamples()));
  }

  Made make(int unit, int index) throws IOException {
    Made made = new Made(unit);
    Sample scene = shards.read(index);
    try {
      samples.places(made, new Draw(config.seed(), "scene " + scene.key(), 0), scene.key(), ImageDecoder.decode(scene.image(), scene.key()),
          Targets.of(scene, config.box()));
    } catch (SampleException | ImageException | IllegalArgumentException unusable) {
      made.skip(scene.key(), "broken", unusable.getMessage());
    }
    return made;
  }
}

package io.llama3v.data.curate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * Opens models for steps that name a checkpoint; found by {@link ServiceLoader}, because this module knows no models.
 * {@code llama3v-train} brings one.
 */
public interface ModelProvider {

  /** A scorer from a CLIP checkpoint. */
  ImageTextScorer scorer(ScorerConfig config) throws IOException;

  /** A descriptor from a copy-detection checkpoint. */
  ImageDescriptor descriptor(Path checkpoint) throws IOException;

  /**
   * The provider on the class path.
   *
   * @throws IllegalStateException if there is none
   */
  static ModelProvider find() {
    return ServiceLoader.load(ModelProvider.class).findFirst().orElseThrow(() -> new IllegalStateException(
        "a step needs a model, and nothing on the class path opens models; add llama3v-train"));
  }
}

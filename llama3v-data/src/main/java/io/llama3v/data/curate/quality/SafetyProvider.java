package io.llama3v.data.curate.quality;

import java.io.IOException;
import java.util.Optional;

/** Brings classifiers and face finders; found by {@link java.util.ServiceLoader}. This project has none of its own. */
public interface SafetyProvider {

  /** The classifier of a name, if this provider has it. */
  Optional<PictureClassifier> classifier(String name) throws IOException;

  /** The face finder, if this provider has one. */
  Optional<FaceFinder> faceFinder() throws IOException;
}

package io.llama3v.data.curate.quality;

import io.llama3v.data.curate.Step;
import java.util.Map;

/** Decodes every picture, so that the engine drops those that are damaged behind their header. Decides nothing itself. */
public final class PicturesStep implements Step<Void> {
  @Override
  public String name() {
    return "pictures";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("version", "1");
  }

  @Override
  public boolean needsPictures() {
    return true;
  }
}

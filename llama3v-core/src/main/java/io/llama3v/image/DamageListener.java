package io.llama3v.image;

import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/**
 * Keeps the first warning that means missing pixels: decoders fill the rest of a truncated file with grey and only warn, and a
 * model must not learn from half a picture.
 */
final class DamageListener implements IIOReadWarningListener {
  private String found;

  @Override
  public void warningOccurred(ImageReader reader, String warning) {
    String text = warning.toLowerCase(Locale.ROOT);
    if (found == null && (text.contains("premature end of input") || text.contains("truncated"))) {
      found = warning;
    }
  }

  /** The warning, or null if the picture is whole. */
  String found() {
    return found;
  }
}

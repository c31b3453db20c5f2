package io.llama3v.train;

import io.llama3v.io.AtomicFiles;
import io.llama3v.train.report.HtmlReport;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows files where there is a screen, and leaves them to be looked at where there is none. */
final class Display {
  private static final Logger LOG = LoggerFactory.getLogger(Display.class);

  private Display() {}

  static Path page(String name, String html) throws IOException {
    Path file = Files.createTempFile("llama3v-" + name + "-", ".html");
    AtomicFiles.writeString(file, html);
    return open(file);
  }

  static Path picture(String name, BufferedImage picture) throws IOException {
    Path file = Files.createTempFile("llama3v-" + name + "-", ".png");
    ImageIO.write(picture, "png", file.toFile());
    return open(file);
  }

  static Path report(Path run) throws IOException {
    return open(HtmlReport.write(run));
  }

  private static Path open(Path file) {
    Path shown = file.toAbsolutePath().normalize();
    if (GraphicsEnvironment.isHeadless() || !Desktop.isDesktopSupported() || !Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
      return shown;
    }
    try {
      Desktop.getDesktop().browse(shown.toUri());
    } catch (IOException | UnsupportedOperationException noBrowser) {
      LOG.info("no browser opens {}: {}", shown, noBrowser.getMessage());
    }
    return shown;
  }
}

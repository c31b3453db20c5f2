package io.llama3v.data.document;

import java.awt.Font;
import java.awt.FontFormatException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The fonts that HTML, Markdown and charts are drawn in. (PDF files bring theirs; formulas are drawn in those of jlatexmath.)
 *
 * @param sans        for headings, tables and charts
 * @param serif       for {@code font-family: serif}, which is HTML's default
 * @param mono        for code
 * @param description what these are, for the manifest: pictures are the same where these are the same
 */
public record DocumentFonts(Font sans, Font serif, Font mono, String description) {
  private static final String LIBERATION = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

  /** Where fonts come from. */
  public enum Source {
    /** The machine's, by Java's logical names; {@link #BUNDLED} where the machine has none. */
    SYSTEM,
    /** Liberation Sans out of PDFBox's jar for everything, bold and italic by slanting and thickening it: the same on every machine. */
    BUNDLED
  }

  /**
   * Opens fonts.
   *
   * @throws DocumentException if Java can use no font at all
   */
  public static DocumentFonts open(Source source) throws IOException {
    if (source == Source.SYSTEM) {
      try {
        Font sans = usable(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        return new DocumentFonts(sans, usable(new Font(Font.SERIF, Font.PLAIN, 12)), usable(new Font(Font.MONOSPACED, Font.PLAIN, 12)),
            "Java's logical fonts on " + System.getProperty("os.name") + ", Java " + System.getProperty("java.version"));
      } catch (RuntimeException | Error none) { // AWT throws Error, InternalError or NullPointerException where there is no font
        if (none instanceof OutOfMemoryError) throw none;
      }
    }
    return bundled();
  }

  private static DocumentFonts bundled() throws IOException {
    try (InputStream in = DocumentFonts.class.getResourceAsStream(LIBERATION)) {
      if (in == null) {
        throw new DocumentException("fonts", "no fonts", "the bundled font lies in org.apache.pdfbox:pdfbox, which is not on the class path; add it");
      }
      Font font = usable(Font.createFont(Font.TRUETYPE_FONT, in).deriveFont(12f));
      return new DocumentFonts(font, font, font, "Liberation Sans, Java " + System.getProperty("java.version"));
    } catch (FontFormatException | RuntimeException | Error none) {
      if (none instanceof OutOfMemoryError e) throw e;
      throw new DocumentException("fonts", "no fonts", "Java cannot use any font here: " + none + ". Install fontconfig with one font package"
          + " (Debian: fonts-dejavu-core), or start Java with -Dsun.awt.fontconfig=FILE, FILE holding the lines 'version=1' and"
          + " 'sequence.allfonts=default', which makes the bundled font usable", none);
    }
  }

  /** Fails here where the font would fail later, in the middle of a drawing. */
  private static Font usable(Font font) {
    if (font.getStringBounds("x", new java.awt.font.FontRenderContext(null, true, false)).getWidth() <= 0) {
      throw new IllegalStateException(font + " has no letters");
    }
    return font;
  }
}

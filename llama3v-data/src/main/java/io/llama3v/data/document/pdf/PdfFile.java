package io.llama3v.data.document.pdf;

import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.MissingLibraryException;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.data.document.SourceFile;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;

/**
 * An open PDF file: pictures of its pages, with their text and the boxes of its words (Apache PDFBox, an optional dependency). Fonts that
 * the file does not bring are replaced by the machine's, or by Liberation Sans. One thread.
 */
public final class PdfFile implements AutoCloseable {
  /** Pixels for a point, at most: beyond it small pages only get blurred. */
  private static final double MAX_SCALE = 4;
  private final String source;
  private final PDDocument document;

  private PdfFile(String source, PDDocument document) {
    this.source = source;
    this.document = document;
  }

  /**
   * Opens a file of at most {@link SourceFile#MAX_BINARY} bytes.
   *
   * @throws DocumentException       if it is too large, damaged, needs a password, or forbids taking text from it
   * @throws MissingLibraryException if PDFBox is not on the class path
   */
  public static PdfFile open(Path file) throws IOException {
    MissingLibraryException.require("PDF", "org.apache.pdfbox:pdfbox", null, "org.apache.pdfbox.Loader");
    byte[] bytes = SourceFile.bytes(file, SourceFile.MAX_BINARY);
    String source = file.toString();
    return guarded(source, () -> {
      PDDocument document;
      try {
        document = Loader.loadPDF(bytes);
      } catch (InvalidPasswordException locked) {
        throw new DocumentException(source, "encrypted", "needs a password; expected a file that opens without one: remove its protection", locked);
      }
      if (document.isEncrypted() && !document.getCurrentAccessPermission().canExtractContent()) {
        document.close();
        throw new DocumentException(source, "encrypted", "its author does not allow text to be taken from it; leave it out");
      }
      return new PdfFile(source, document);
    });
  }

  /** Number of pages. */
  public int pages() throws IOException {
    return guarded(source, document::getNumberOfPages);
  }

  /**
   * Draws a page as large as the limits allow, keeping its proportions.
   *
   * @param number the page, from 0
   * @throws DocumentException if the page has no usable size, holds a picture that is too large, or is damaged
   */
  public Page page(int number, PictureLimits limits) throws IOException {
    String where = source + ", page " + (number + 1);
    return guarded(where, () -> {
      PDPage page = document.getPage(number);
      PDRectangle crop = page.getCropBox();
      boolean turned = page.getRotation() % 180 != 0;
      double wide = turned ? crop.getHeight() : crop.getWidth();
      double high = turned ? crop.getWidth() : crop.getHeight();
      double scale = Math.min(MAX_SCALE, Math.min(limits.width() / wide, limits.height() / high));
      if (!(wide > 0 && high > 0 && Double.isFinite(scale))) {
        throw new DocumentException(where, "too large", "has a size of " + wide + " x " + high + " points; expected both positive");
      }
      limits.check(where, Math.floor(wide * scale), Math.floor(high * scale));
      PdfGuard.check(where, page);
      PDFRenderer renderer = new PDFRenderer(document);
      renderer.setSubsamplingAllowed(true);
      RgbImage image = RgbImage.of(renderer.renderImage(number, (float) scale, ImageType.RGB));
      WordStripper stripper = new WordStripper(scale, image.width(), image.height());
      stripper.setStartPage(number + 1);
      stripper.setEndPage(number + 1);
      String text = stripper.getText(document).strip();
      return new Page(image, text, stripper.words(), List.of());
    });
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /** Whatever a damaged file does to the parser, the caller learns which file it was. */
  private static <T> T guarded(String source, Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (DocumentException known) {
      throw known;
    } catch (IOException | RuntimeException | StackOverflowError broken) {
      throw new DocumentException(source, "broken", "is damaged or no PDF: " + broken, broken);
    } catch (OutOfMemoryError huge) { // streams unpacked while the file's index is read, which nothing can measure before
      throw new DocumentException(source, "too large", "needs more memory than there is to be unpacked", huge);
    }
  }

  @Override
  public void close() throws IOException {
    document.close();
  }
}

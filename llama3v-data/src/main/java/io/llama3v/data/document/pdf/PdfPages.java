package io.llama3v.data.document.pdf;

import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;

/** What {@link PdfFile} does, in PDFBox's terms: apart from it, so that the one can be loaded without the other. One thread. */
final class PdfPages implements AutoCloseable {
  /** Pixels for a point, at most: beyond it small pages only get blurred. */
  private static final double MAX_SCALE = 4;
  private final String source;
  private final PDDocument document;

  private PdfPages(String source, PDDocument document) {
    this.source = source;
    this.document = document;
  }

  static PdfPages open(String source, byte[] bytes) throws IOException {
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
      return new PdfPages(source, document);
    });
  }

  int pages() throws IOException {
    return guarded(source, document::getNumberOfPages);
  }

  Page page(int number, PictureLimits limits) throws IOException {
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

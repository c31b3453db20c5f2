package io.llama3v.data.document.pdf;

import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.MissingLibraryException;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.data.document.SourceFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * An open PDF file: pictures of its pages, with their text and the boxes of its words (Apache PDFBox, an optional dependency). Fonts that
 * the file does not bring are replaced by the machine's, or by Liberation Sans. One thread.
 */
public final class PdfFile implements AutoCloseable {
  private final PdfPages pages;

  private PdfFile(PdfPages pages) {
    this.pages = pages;
  }

  /**
   * Opens a file of at most {@link SourceFile#MAX_BINARY} bytes.
   *
   * @throws DocumentException       if it is too large, damaged, needs a password, or forbids taking text from it
   * @throws MissingLibraryException if PDFBox is not on the class path
   */
  public static PdfFile open(Path file) throws IOException {
    MissingLibraryException.require("PDF", "org.apache.pdfbox:pdfbox", null, "org.apache.pdfbox.Loader");
    return new PdfFile(PdfPages.open(file.toString(), SourceFile.bytes(file, SourceFile.MAX_BINARY)));
  }

  /** Number of pages. */
  public int pages() throws IOException {
    return pages.pages();
  }

  /**
   * Draws a page as large as the limits allow, keeping its proportions.
   *
   * @param number the page, from 0
   * @throws DocumentException if the page has no usable size, holds a picture that is too large, or is damaged
   */
  public Page page(int number, PictureLimits limits) throws IOException {
    return pages.page(number, limits);
  }

  @Override
  public void close() throws IOException {
    pages.close();
  }
}

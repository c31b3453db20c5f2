package io.llama3v.data.document.html;

import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.MissingLibraryException;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.PictureLimits;
import java.io.IOException;
import java.util.List;

/**
 * HTML and CSS 2.1 to pictures with the boxes of every word and element, taken from the layout tree of openhtmltopdf (LGPL; an optional
 * dependency). Nothing is loaded: no network, no files, no pictures, no fonts; scripts and comments are gone. Safe for use by several
 * threads.
 */
public final class HtmlRenderer {
  /** A document has this many times the height of a picture at most. */
  public static final int MAX_PAGES = 20;
  private final HtmlDrawing drawing;
  private final PictureLimits limits;

  private HtmlRenderer(HtmlDrawing drawing, PictureLimits limits) {
    this.drawing = drawing;
    this.limits = limits;
  }

  /**
   * A renderer.
   *
   * @param limits width of every picture, and its height at most
   * @throws MissingLibraryException if openhtmltopdf or jsoup is not on the class path
   */
  public static HtmlRenderer open(DocumentFonts fonts, PictureLimits limits) {
    MissingLibraryException.require("HTML", "org.jsoup:jsoup", null, "org.jsoup.Jsoup");
    MissingLibraryException.require("HTML", "io.github.openhtmltopdf:openhtmltopdf-java2d", "documents", "com.openhtmltopdf.java2d.Java2DRenderer");
    return new HtmlRenderer(new HtmlDrawing(fonts, limits), limits);
  }

  /**
   * Draws a document, cut between lines where it is higher than a picture may be.
   *
   * @param source the name of the document in messages
   * @throws DocumentException if it is too large, empty, or cannot be laid out
   */
  public List<Page> pages(String source, String html) throws IOException {
    return PageCutter.cut(whole(source, html), limits.height());
  }

  /** Draws a document as one picture, up to {@link #MAX_PAGES} times as high as pictures are otherwise. */
  public Page whole(String source, String html) throws IOException {
    return drawing.whole(source, html);
  }
}

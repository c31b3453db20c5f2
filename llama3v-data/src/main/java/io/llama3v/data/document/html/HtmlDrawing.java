package io.llama3v.data.document.html;

import com.openhtmltopdf.css.parser.FSRGBColor;
import com.openhtmltopdf.java2d.Java2DRenderer;
import com.openhtmltopdf.java2d.api.FSPage;
import com.openhtmltopdf.java2d.api.FSPageProcessor;
import com.openhtmltopdf.java2d.api.Java2DRendererBuilder;
import com.openhtmltopdf.layout.SharedContext;
import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.PageSizeUnits;
import com.openhtmltopdf.outputdevice.helper.ExternalResourceControlPriority;
import com.openhtmltopdf.render.Box;
import com.openhtmltopdf.util.ThreadCtx;
import com.openhtmltopdf.util.XRLog;
import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.PictureLimits;
import io.llama3v.image.RgbImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import org.jsoup.helper.W3CDom;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** What {@link HtmlRenderer} does, in openhtmltopdf's terms: apart from it, so that the one can be loaded without the other. */
final class HtmlDrawing {
  private static final String ROOT = "llama3v-root";
  private final DocumentFonts fonts;
  private final PictureLimits limits;

  HtmlDrawing(DocumentFonts fonts, PictureLimits limits) {
    this.fonts = fonts;
    this.limits = limits;
    XRLog.setLoggingEnabled(false); // it would write to standard error whatever the logging configuration says
  }

  Page whole(String source, String html) throws IOException {
    Document document = SafeHtml.parse(source, html);
    if (document.body().text().isBlank() && document.body().childrenSize() == 0) {
      throw new DocumentException(source, "empty", "nothing is left to draw once scripts, pictures and the like are gone; expected text in its body");
    }
    Numbered numbered = new Numbered(document);
    PictureLimits all = new PictureLimits(limits.width(), (int) Math.min(HtmlRenderer.MAX_PAGES * (long) limits.height(),
        Math.min(io.llama3v.io.Limits.SIDE, io.llama3v.io.Limits.PIXELS / limits.width())));
    Canvas canvas = new Canvas(source, all);
    try {
      return draw(numbered, canvas);
    } catch (StackOverflowError deep) {
      throw new DocumentException(source, "too large", "its elements are nested too deeply to be laid out", deep);
    } catch (RuntimeException broken) {
      if (canvas.refused != null) throw canvas.refused;
      throw new DocumentException(source, "broken", "cannot be laid out: " + broken, broken);
    } finally {
      canvas.close();
      ThreadCtx.cleanup();
    }
  }

  private Page draw(Numbered numbered, Canvas canvas) throws IOException {
    BufferedImage measure = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = measure.createGraphics();
    try (Java2DRenderer renderer = new Java2DRendererBuilder()
        .useLayoutGraphics(graphics)
        .useEnvironmentFonts(false)
        .useUriResolver((base, uri) -> null)
        .useExternalResourceAccessControl((uri, type) -> false, ExternalResourceControlPriority.RUN_BEFORE_RESOLVING_URI)
        .useExternalResourceAccessControl((uri, type) -> false, ExternalResourceControlPriority.RUN_AFTER_RESOLVING_URI)
        .useDefaultPageSize(10, 10, PageSizeUnits.INCHES)
        .withW3cDocument(numbered.drawn(), null)
        .toSinglePage(canvas)
        .buildJava2DRenderer()) {
      renderer.getFontResolver().setFontMapping("SansSerif", fonts.sans());
      renderer.getFontResolver().setFontMapping("Serif", fonts.serif());
      renderer.getFontResolver().setFontMapping("Monospaced", fonts.mono());
      renderer.layout();
      SharedContext shared = ThreadCtx.get().sharedContext();
      Box root = shared.getBoxById(numbered.rootId);
      canvas.background = background(root);
      renderer.writeSinglePage();
      LayoutReader reader = new LayoutReader(shared.newRenderingContextInstance(), numbered.sources, canvas.image.getWidth(), canvas.image.getHeight());
      return reader.read(root, RgbImage.of(canvas.image));
    } finally {
      graphics.dispose();
    }
  }

  /** The colour of the root, or else of the body, is that of the whole canvas (CSS 2.1, 14.2), which the renderer leaves white. */
  private static Color background(Box root) {
    for (Box box = root; box != null; box = box.getChildCount() == 0 ? null : box.getChild(0)) {
      if (box.getStyle() != null && box.getStyle().getBackgroundColor() instanceof FSRGBColor colour) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue());
      }
      if (box.isBody()) break;
    }
    return Color.WHITE;
  }

  /** A copy of the document in which every element has a number, for finding its source again. */
  private final class Numbered {
    private final List<Element> sources;
    private final Document copy;
    private final String rootId;

    Numbered(Document document) {
      this.copy = document.clone();
      this.sources = List.copyOf(document.getAllElements());
      int number = 0;
      for (Element element : copy.getAllElements()) element.attr(LayoutReader.NUMBER, Integer.toString(number++));
      Element html = copy.selectFirst("html");
      if (html.id().isEmpty()) html.attr("id", ROOT);
      this.rootId = html.id();
      // No page is cut by the renderer: the page is as high as anything may be.
      copy.head().appendElement("style").appendChild(new org.jsoup.nodes.DataNode(
          "@page { size: " + limits.width() + "px 1000000px; margin: 0; }"));
    }

    org.w3c.dom.Document drawn() {
      // Attributes that XML has no names for are left out; elements without a namespace are what the renderer knows.
      return new W3CDom().namespaceAware(false).fromJsoup(copy);
    }
  }

  /** The picture, allocated when its size is known and checked. */
  private static final class Canvas implements FSPageProcessor, FSPage {
    private final String source;
    private final PictureLimits limits;
    private BufferedImage image;
    private Graphics2D graphics;
    private DocumentException refused;
    private Color background = Color.WHITE;

    Canvas(String source, PictureLimits limits) {
      this.source = source;
      this.limits = limits;
    }

    @Override
    public FSPage createPage(int number, int width, int height) {
      try {
        limits.check(source, width, height);
      } catch (DocumentException e) {
        refused = e;
        throw new IllegalStateException(e);
      }
      image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      graphics = image.createGraphics();
      graphics.setColor(background);
      graphics.fillRect(0, 0, width, height);
      return this;
    }

    @Override
    public Graphics2D getGraphics() {
      return graphics;
    }

    @Override
    public void finishPage(FSPage page) {
      close();
    }

    void close() {
      if (graphics != null) graphics.dispose();
    }
  }
}

package io.llama3v.data.document.html;

import io.llama3v.data.document.DocumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Comment;
import org.jsoup.nodes.DataNode;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;

/**
 * HTML as it is drawn: parsed by the rules of HTML 5, without scripts, comments, pictures, frames, forms' behaviour and whatever else would
 * have to be loaded from somewhere. Code that a sample shows is that of this document, so that it says what the picture shows.
 */
final class SafeHtml {
  /** Nested elements at most: layout recurses. */
  static final int MAX_DEPTH = 60;
  /** Elements at most. */
  static final int MAX_ELEMENTS = 5_000;
  private static final int MAX_SPAN = 100;
  private static final Set<String> DROPPED = Set.of("script", "noscript", "link", "meta", "base", "iframe", "frame", "frameset", "object", "embed",
      "applet", "audio", "video", "source", "track", "img", "picture", "svg", "math", "canvas", "template", "map", "dialog", "portal");
  private static final Set<String> LOADING = Set.of("src", "srcset", "background", "data", "poster", "action", "formaction", "ping", "xlink:href",
      "longdesc", "cite", "manifest", "archive", "classid", "codebase");
  /**
   * Declarations and rules that load something, or could in disguise ({@code \\75rl} is {@code url}); {@code @page} would change the size of
   * the picture. The renderer loads nothing in any case: this keeps the code that is shown true to the picture.
   */
  private static final Pattern LOADING_DECLARATION = Pattern.compile("[a-z-]+\\s*:[^;{}]*(?:(?:url|image-set|attr)\\s*\\(|\\\\)[^;{}]*;?",
      Pattern.CASE_INSENSITIVE);
  private static final Pattern IMPORT = Pattern.compile("@(?:import|charset|namespace)[^;]*;?", Pattern.CASE_INSENSITIVE);
  private static final Pattern AT_BLOCK = Pattern.compile("@(?:font-face|page)[^{]*\\{[^}]*\\}", Pattern.CASE_INSENSITIVE);
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?(?:\\*/|$)", Pattern.DOTALL);

  private SafeHtml() {}

  /**
   * Parses and cleans.
   *
   * @throws DocumentException if it has too many elements, or too many inside each other
   */
  static Document parse(String source, String html) throws DocumentException {
    Document document = Jsoup.parse(html);
    document.outputSettings().prettyPrint(false);
    check(source, document);
    List<Node> gone = new ArrayList<>();
    document.traverse((node, depth) -> {
      if (node instanceof Comment || node instanceof org.jsoup.nodes.XmlDeclaration || node instanceof org.jsoup.nodes.DocumentType) gone.add(node);
      if (node instanceof Element element) {
        if (DROPPED.contains(element.normalName())) {
          gone.add(node);
        } else {
          clean(element);
        }
      }
    });
    gone.forEach(Node::remove);
    return document;
  }

  private static void check(String source, Document document) throws DocumentException {
    int[] counts = new int[2];
    document.traverse((node, depth) -> {
      if (node instanceof Element) counts[0]++;
      counts[1] = Math.max(counts[1], depth);
    });
    if (counts[0] > MAX_ELEMENTS || counts[1] > MAX_DEPTH) {
      throw new DocumentException(source, "too large", "has " + counts[0] + " elements, up to " + counts[1] + " inside each other; expected at most "
          + MAX_ELEMENTS + " and " + MAX_DEPTH);
    }
  }

  private static void clean(Element element) {
    for (Attribute attribute : element.attributes().asList()) {
      String name = attribute.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith("on") || LOADING.contains(name)) {
        element.removeAttr(attribute.getKey());
      } else if (name.equals("style")) {
        element.attr(attribute.getKey(), css(attribute.getValue()).strip());
      } else if (name.equals("colspan") || name.equals("rowspan") || name.equals("span")) {
        // A table has a column object for each column, so a span is memory.
        element.attr(attribute.getKey(), Integer.toString(span(attribute.getValue())));
      } else if (name.equals("href") && attribute.getValue().strip().toLowerCase(Locale.ROOT).startsWith("javascript:")) {
        element.removeAttr(attribute.getKey());
      }
    }
    if (element.normalName().equals("style")) {
      for (DataNode css : element.dataNodes()) css.setWholeData(css(css.getWholeData()));
    }
  }

  private static int span(String text) {
    String digits = text.strip();
    return !digits.matches("\\d{1,9}") ? 1 : Math.max(1, Math.min(MAX_SPAN, Integer.parseInt(digits)));
  }

  private static String css(String css) {
    String plain = COMMENT.matcher(css).replaceAll("");
    plain = IMPORT.matcher(plain).replaceAll("");
    plain = AT_BLOCK.matcher(plain).replaceAll("");
    return LOADING_DECLARATION.matcher(plain).replaceAll("");
  }
}

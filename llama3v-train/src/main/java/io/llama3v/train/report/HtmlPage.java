package io.llama3v.train.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Head and foot of a page that needs nothing beside it: styles inside, no script, and a policy that forbids the browser to load anything. */
final class HtmlPage {
  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private HtmlPage() {}

  /** Opens a page up to its content. */
  static Html open(String title) {
    Html html = new Html();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"" + POLICY + "\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.element("title", title + " \u2013 Llama 3-V");
    return html.raw("\n<style>\n" + style() + "</style>\n</head>\n<body>\n<main>\n");
  }

  /** Ends a page and returns all of it. */
  static String close(Html html) {
    return html.raw("<footer>Llama 3-V for the JVM</footer>\n</main>\n</body>\n</html>\n").toString();
  }

  /** One of the large numbers at the top. */
  static void fact(Html html, String name, String value, String type) {
    html.open("div", "class", "fact").element("span", name).element("strong", value, "class", type).close("div");
  }

  private static String style() {
    try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the style sheet inside the jar cannot be read", e);
    }
  }
}

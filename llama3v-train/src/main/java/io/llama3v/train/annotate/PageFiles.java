package io.llama3v.train.annotate;

import io.javalin.config.RoutesConfig;
import io.llama3v.train.report.HtmlReport;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The files of the page. They are named one by one: no part of an address ever becomes a part of a path. */
final class PageFiles {
  private record Static(Class<?> owner, String name, String type) {}

  private static final String HTML = "text/html; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final Map<String, Static> FILES = Map.of(
      "/", new Static(PageFiles.class, "annotate.html", HTML),
      "/progress", new Static(PageFiles.class, "progress.html", HTML),
      "/annotate.js", new Static(PageFiles.class, "annotate.js", SCRIPT),
      "/common.js", new Static(PageFiles.class, "common.js", SCRIPT),
      "/progress.js", new Static(PageFiles.class, "progress.js", SCRIPT),
      "/annotate.css", new Static(PageFiles.class, "annotate.css", STYLE),
      "/report.css", new Static(HtmlReport.class, "report.css", STYLE));

  private PageFiles() {}

  static void register(RoutesConfig routes) {
    FILES.forEach((address, file) -> {
      byte[] bytes = read(file);
      routes.get(address, context -> context.contentType(file.type).result(bytes));
    });
  }

  private static byte[] read(Static file) {
    try (InputStream in = file.owner.getResourceAsStream(file.name)) {
      if (in == null) throw new IllegalStateException("the jar has no " + file.name);
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("the jar's " + file.name + " cannot be read", e);
    }
  }
}

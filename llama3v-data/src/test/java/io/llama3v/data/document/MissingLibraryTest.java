package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.document.build.DocumentsConfig;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a class path without the optional libraries, as a consumer of this module has it. */
class MissingLibraryTest {
  private static final String OPTIONAL = ".*(pdfbox|fontbox|jsoup|commonmark|xchart|openhtmltopdf|jlatexmath)[^/\\\\]*\\.jar";

  private static URLClassLoader bare() throws Exception {
    String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<URL> urls = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator)) {
      if (!entry.matches(OPTIONAL)) urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static String refused(URLClassLoader loader, String type, String method, Object... arguments) throws Exception {
    Class<?> found = loader.loadClass("io.llama3v.data.document." + type);
    for (Method candidate : found.getMethods()) {
      if (candidate.getName().equals(method)) {
        Throwable thrown = assertThrows(InvocationTargetException.class, () -> candidate.invoke(null, arguments)).getCause();
        assertEquals(MissingLibraryException.class.getName(), thrown.getClass().getName(), String.valueOf(thrown));
        return thrown.getMessage();
      }
    }
    throw new AssertionError(type + " has no " + method);
  }

  @Test
  void everyRendererNamesTheLibraryThatIsAbsent(@TempDir Path folder) throws Exception {
    Path pdf = Files.writeString(folder.resolve("a.pdf"), "x");
    try (URLClassLoader loader = bare()) {
      assertTrue(refused(loader, "pdf.PdfFile", "open", pdf).contains("org.apache.pdfbox:pdfbox"));
      assertTrue(refused(loader, "html.HtmlRenderer", "open", null, null).contains("org.jsoup:jsoup"));
      String formula = refused(loader, "latex.FormulaRenderer", "open", (Object) null);
      assertTrue(formula.contains("org.scilab.forge:jlatexmath") && formula.contains("profile 'documents'") && formula.contains("LLAMA3V_DOCUMENTS=1"), formula);
      assertTrue(refused(loader, "chart.ChartRenderer", "open", (Object) null).contains("org.knowm.xchart:xchart"));
      assertTrue(refused(loader, "markdown.MarkdownParts", "of", "a.md", "# a").contains("org.commonmark:commonmark"));
    }
  }

  @Test
  void theBuilderSaysSoBeforeItTouchesTheOutput(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("a.html"), "<p>x</p>");
    try (URLClassLoader loader = bare()) {
      Class<?> config = loader.loadClass(DocumentsConfig.class.getName());
      Object parsed = loader.loadClass("io.llama3v.config.ConfigLoader").getMethod("parse", String.class, String.class, Class.class, List.class)
          .invoke(null, "output: " + folder.resolve("out") + "\nsources: [" + folder.resolve("a.html") + "]\n", "test.yaml", config, List.of());
      assertTrue(refused(loader, "build.Documents", "build", parsed, null).contains("org.jsoup:jsoup"));
    }
    assertTrue(Files.notExists(folder.resolve("out")));
  }
}

package io.llama3v.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.train.report.ReportData.AttentionMap;
import io.llama3v.train.report.ReportData.Sample;
import io.llama3v.train.report.ReportData.TileGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)(?:\\s[^<>]*)?>", Pattern.CASE_INSENSITIVE);

  @Test
  void everyElementIsClosed() {
    String html = HtmlReport.render(DemoReport.data());
    Deque<String> open = new ArrayDeque<>();
    Matcher tag = TAG.matcher(html.replaceAll("(?s)<style>.*</style>", ""));
    while (tag.find()) {
      if (tag.group(1).isEmpty()) {
        if (!Set.of("meta", "img").contains(tag.group(2))) {
          open.push(tag.group(2));
        }
      } else {
        assertEquals(open.pop(), tag.group(2), html.substring(Math.max(0, tag.start() - 200), Math.min(html.length(), tag.end())));
      }
    }
    assertTrue(open.isEmpty(), open.toString());
  }

  @Test
  void showsEveryPart() {
    String html = HtmlReport.render(DemoReport.data());
    for (String part : List.of("tiny-2026-11-22", "6m42s", "Zero-shot retrieval", "What colour is the star?", "layer 15", "Gates by layer",
        "Gradient norm", "uniform soup", "averaging helped", "the average LOSES to the single run", "sha256 9b1c", "\u2713 \u2265 15\u00d7 chance", "\u2717 \u2265 8\u00d7 chance", "4 of 5")) {
      assertTrue(html.contains(part), part);
    }
  }

  @Test
  void bringsNothingFromElsewhereAndNoScript() {
    String html = HtmlReport.render(DemoReport.data());
    assertFalse(html.contains("<script"), "texts of samples and the configuration are escaped");
    assertTrue(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assertFalse(html.matches("(?s).*(?:src|href)=\"(?!data:image/).*"));
    assertFalse(html.contains("http://") || html.contains("https://") || html.contains("@import"));
    assertTrue(html.contains("default-src &#39;none&#39;") || html.contains("default-src 'none'"));
  }

  @Test
  void aPictureThatIsNotOneIsLeftOut() {
    for (String address : List.of("javascript:alert(1)", "data:text/html;base64,PGI+", "data:image/svg+xml;base64,AA==",
        "data:image/png;base64,AA==\" onerror=\"alert(1)", "https://example.com/a.png")) {
      Sample sample = new Sample("k", null, address, TileGrid.single(8), null, null, null, null, null, null, null);
      assertFalse(HtmlReport.render(with(sample)).contains("<img"), address);
    }
  }

  @Test
  void everyPartMayBeMissing() {
    assertTrue(HtmlReport.render(ReportData.named("empty <run>")).contains("<h1>empty &lt;run&gt;</h1>"));
    HtmlReport.render(with(new Sample(null, null, null, null, null, null, null, null, null, null,
        List.of(new AttentionMap(3, null, 1, 1, new float[] {Float.NaN})))));
  }

  @Test
  void survivesJson() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ReportData copy = json.readValue(json.writeValueAsBytes(DemoReport.data()), ReportData.class);
    assertTrue(HtmlReport.render(DemoReport.data()).equals(HtmlReport.render(copy)), "the report of the copy differs");
  }

  @Test
  void writesOneFile(@TempDir Path directory) throws IOException {
    HtmlReport.write(directory.resolve("report.html"), DemoReport.data());
    try (var files = Files.list(directory)) {
      assertEquals(List.of(directory.resolve("report.html")), files.toList());
    }
  }

  private static ReportData with(Sample sample) {
    return new ReportData("r", null, null, null, null, null, List.of(sample), null, null);
  }
}

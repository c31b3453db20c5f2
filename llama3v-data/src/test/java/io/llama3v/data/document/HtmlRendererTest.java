package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.corpus.PngWriter;
import io.llama3v.data.document.html.HtmlRenderer;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlRendererTest {
  private static HtmlRenderer renderer(int width, int height) throws IOException {
    return HtmlRenderer.open(DocumentFonts.open(DocumentFonts.Source.BUNDLED), new PictureLimits(width, height));
  }

  private static ElementBox element(Page page, String tag) {
    return page.elements().stream().filter(e -> e.tag().equals(tag)).findFirst().orElseThrow();
  }

  @Test
  void boxesOfElementsAreWhereTheirColoursAre() throws IOException {
    Page page = renderer(300, 300).whole("test", "<html><body style='margin:10px; font-size:14px'><div style='background:#ff0000; width:60px; height:20px'></div>"
        + "<p>Some <span style='background:#00ff00'>green words</span> in a line</p>"
        + "<table style='margin-left:40px'><tr><td style='background:#0000ff; width:70px; height:30px'></td></tr></table>"
        + "<section style='border:3px solid #ff00ff; padding:5px; width:50px'>x</section></body></html>");
    assertEquals(new Box(10, 10, 70, 30), element(page, "div").box());
    assertEquals(Pixels.around(page.image(), p -> p == 0xff0000), element(page, "div").box());
    assertEquals(Pixels.around(page.image(), p -> p == 0x0000ff), element(page, "td").box());
    assertEquals(Pixels.around(page.image(), p -> p == 0xff00ff), element(page, "section").box());
    Box green = Pixels.around(page.image(), p -> p == 0x00ff00);
    assertEquals(green, element(page, "span").box());
    assertEquals("<span style=\"background:#00ff00\">green words</span>", element(page, "span").code());
  }

  @Test
  void everyDarkPixelIsInTheBoxOfAWordAndEveryWordHasInk() throws IOException {
    Page page = renderer(240, 400).whole("test", "<body style='margin:7px; font-size:15px'><h2>Jolly good figs</h2><p>quick brown foxes jump<br>over <b>dogs</b>, "
        + "and back again if they may</p><pre>one  two\nthree</pre></body>");
    for (TextBox word : page.words()) {
      assertTrue(Pixels.count(page.image(), word.box(), Pixels::dark) > 0, word.toString());
    }
    int inside = 0;
    for (int y = 0; y < page.image().height(); y++) {
      for (int x = 0; x < page.image().width(); x++) {
        Box pixel = new Box(x, y, x + 1, y + 1);
        if (Pixels.dark(page.image().pixel(x, y))) {
          inside++;
          assertTrue(page.words().stream().anyMatch(w -> w.box().contains(pixel)), "ink at " + x + ", " + y + " belongs to no word");
        }
      }
    }
    assertTrue(inside > 500, "too little ink: " + inside);
  }

  @Test
  void textIsThatOfTheSource() throws IOException {
    Page page = renderer(260, 600).whole("test", "<h1>Two  boats</h1><p>The <b>Heron</b> and the <i>Otter</i> cross\n the lake, a long line that does not fit "
        + "in one.</p><table><tr><th>Boat</th><th>At</th></tr><tr><td>Heron</td><td>7</td></tr></table><p>H<sub>2</sub>O<br>end</p><pre>a\nb</pre>");
    assertEquals("Two boats\nThe Heron and the Otter cross the lake, a long line that does not fit in one.\nBoat\tAt\nHeron\t7\nH2O\nend\na\nb", page.text());
    assertEquals(List.of("Two", "boats"), page.words().stream().limit(2).map(TextBox::text).toList());
  }

  @Test
  void backgroundsReachTheBorder() throws IOException {
    Page page = renderer(100, 100).whole("test", "<body style='background:#102030; color:#ffffff; margin:12px'>x</body>");
    assertEquals(0x102030, page.image().pixel(0, 0));
    assertEquals(0x102030, page.image().pixel(99, page.image().height() - 1));
  }

  @Test
  void highDocumentsAreCutBetweenLinesAndNoWordIsLost() throws IOException {
    String body = java.util.stream.IntStream.range(0, 60).mapToObj(i -> "<p>line number" + i + " of text</p>").collect(Collectors.joining());
    HtmlRenderer renderer = renderer(200, 150);
    Page whole = renderer.whole("test", body);
    List<Page> pages = renderer.pages("test", body);
    assertTrue(pages.size() > 10, "pieces: " + pages.size());
    assertEquals(whole.text(), pages.stream().map(Page::text).collect(Collectors.joining("\n")));
    for (Page page : pages) {
      assertTrue(page.image().height() <= 150);
      for (TextBox word : page.words()) assertTrue(Pixels.count(page.image(), word.box(), Pixels::dark) > 0, word.toString());
      assertEquals(page.words().size(), page.text().split("\\s+").length);
    }
  }

  @Test
  void nothingIsFetchedAndNoFileIsRead(@TempDir Path folder) throws IOException {
    try (PngWriter png = new PngWriter()) {
      Files.write(folder.resolve("red.png"), png.encode(RgbImage.filled(50, 50, 0xff0000)));
    }
    Files.writeString(folder.resolve("red.css"), "* { background: #ff0000 !important }");
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(200);
      for (String at : List.of("http://127.0.0.1:" + server.getLocalPort() + "/", folder.toUri().toString())) {
        String html = "<html><head><base href='" + at + "'><link rel='stylesheet' href='red.css'><style>@import url('" + at + "red.css'); @im\\port '" + at
            + "red.css'; @font-face { font-family: F; src: url(" + at + "f.ttf) } p { background: \\75rl(" + at + "red.png); font-family: F }"
            + " h1 { background-image: url(" + at + "red.png) } li { list-style-image: url(" + at + "red.png) } h2:before { content: url(" + at
            + "red.png) }</style><script src='" + at + "x.js'></script></head><body background='" + at + "red.png' style='background: url(" + at + "red.png)'>"
            + "<h1>one</h1><h2>two</h2><p>three</p><ul><li>four</li></ul><img src='" + at + "red.png'><iframe src='" + at + "'></iframe><object data='" + at
            + "red.png'></object><input type='image' src='" + at + "red.png'><video poster='" + at + "red.png'></video><svg><image href='" + at
            + "red.png'/></svg></body></html>";
        Page page = renderer(200, 400).whole("test", html);
        assertNull(Pixels.around(page.image(), p -> p == 0xff0000));
        assertEquals("one\ntwo\nthree\nfour", page.text());
        assertFalse(page.elements().stream().anyMatch(e -> e.code().contains("red.png")), "code shows what the picture does not");
      }
      assertThrows(SocketTimeoutException.class, server::accept, "something connected");
    }
  }

  @Test
  void entitiesOfAnXmlKindAreNotExpanded() throws IOException {
    Page page = renderer(200, 200).whole("test", "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a SYSTEM 'file:///etc/hostname'><!ENTITY b '&a;&a;'>]><html><body>"
        + "<p>before &b; after</p></body></html>");
    assertTrue(page.text().contains("&b;"), page.text());
  }

  @Test
  void sizesAreCheckedBeforeAPictureIsAllocated() throws IOException {
    HtmlRenderer renderer = renderer(200, 200);
    DocumentException high = assertThrows(DocumentException.class, () -> renderer.whole("high.html", "<div style='height:900000px'>x</div>"));
    assertEquals("too large", high.reason());
    assertTrue(high.getMessage().startsWith("high.html: would be drawn on"), high.getMessage());
    DocumentException deep = assertThrows(DocumentException.class, () -> renderer.whole("deep.html", "<div>".repeat(20_000) + "x"));
    assertEquals("too large", deep.reason());
    assertEquals("empty", assertThrows(DocumentException.class, () -> renderer.whole("empty.html", "<script>x</script>")).reason());
    // A wide element does not widen the picture; a table does not get a thousand million columns.
    assertEquals(200, renderer.whole("wide.html", "<div style='width:90000px'>x</div><table><tr><td colspan='999999999'>y</td></tr></table>").image().width());
    // The document has no say in the size of the page.
    assertEquals(200, renderer.whole("page.html", "<style>@page { size: 30000px 30000px }</style><p>x</p>").image().width());
  }

  @Test
  void theSameBytesGiveTheSamePicture() throws IOException {
    Page one = renderer(200, 200).whole("test", "<p>again and <b>again</b></p>");
    assertEquals(one.image(), renderer(200, 200).whole("test", "<p>again and <b>again</b></p>").image());
    assertNotNull(Pixels.around(one.image(), Pixels::dark));
  }
}

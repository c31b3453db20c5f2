package io.llama3v.train.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser, by keys alone. Where there is no Chromium these tests are skipped, and say so. With
 * {@code -Dllama3v.test.screenshots=FOLDER} they leave pictures of the page.
 */
class AnnotationBrowserTest {
  /** Relative luminance and contrast of WCAG 2, of every text that can be seen against what lies behind it; the worst ones. */
  private static final String CONTRAST = """
      (() => {
        const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return {r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1}; };
        const over = (t, u) => ({r: t.r * t.a + u.r * (1 - t.a), g: t.g * t.a + u.g * (1 - t.a), b: t.b * t.a + u.b * (1 - t.a), a: 1});
        const lin = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        const lum = c => 0.2126 * lin(c.r) + 0.7152 * lin(c.g) + 0.0722 * lin(c.b);
        const ground = e => {
          const layers = [];
          for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
          return layers.reverse().reduce((under, layer) => over(layer, under), {r: 255, g: 255, b: 255, a: 1});
        };
        const bad = [];
        let seen = 0;
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
          const e = walk.currentNode.parentElement;
          if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest('script, :disabled')) continue;
          seen++;
          const back = ground(e);
          const fore = over(parse(getComputedStyle(e).color), back);
          const [a, b] = [lum(fore), lum(back)].sort((x, y) => y - x);
          const ratio = (a + 0.05) / (b + 0.05);
          if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + walk.currentNode.data.trim());
        }
        return {seen, bad};
      })()""";
  /** Controls without a name for screen readers, or too small to hit. */
  private static final String NAMELESS = """
      [...document.querySelectorAll('button, a, input, textarea, img')].filter(e => e.checkVisibility()).filter(e => {
        const name = e.getAttribute('aria-label') || e.alt || (e.labels && e.labels.length ? e.labels[0].textContent : '') || e.textContent;
        return !name.trim();
      }).map(e => e.outerHTML)""";

  @TempDir
  static Path folder;

  private static Chromium browser;

  @BeforeAll
  static void browser() throws Exception {
    Optional<Path> program = Chromium.find();
    if (program.isEmpty()) System.err.println("WARNING: no Chromium on the PATH: the annotation page was NOT tested in a browser");
    Assumptions.assumeTrue(program.isPresent(), "no Chromium on the PATH: the annotation page was not tested in a browser");
    browser = Chromium.open(program.get(), folder);
  }

  @AfterAll
  static void end() throws IOException {
    if (browser != null) browser.close();
  }

  private static void enter(Desk desk, String name) throws Exception {
    browser.size(1280, 800);
    browser.go(desk.root() + "/");
    browser.eval("localStorage.clear()");
    browser.go(desk.root() + "/");
    browser.until("document.activeElement === document.getElementById('name')");
    browser.type(name);
    browser.press("Enter");
    browser.until("!document.getElementById('item').hidden");
  }

  private static void shot(String name) throws IOException {
    String to = System.getProperty("llama3v.test.screenshots");
    if (to != null) browser.screenshot(Path.of(to).resolve(name + ".png"));
  }

  private static List<Answer> answers(Desk desk) throws IOException {
    return desk.store.answers().last();
  }

  private static void untilAnswers(Desk desk, int n) throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    while (answers(desk).size() < n) {
      if (System.nanoTime() > end) throw new AssertionError(answers(desk) + "; " + browser.eval("document.body.innerText"));
      Thread.sleep(10);
    }
  }

  private static String shown() throws IOException {
    return browser.eval("document.getElementById('question').textContent").asText();
  }

  private static void untilOther(String question) throws Exception {
    browser.until("!document.getElementById('item').hidden && document.getElementById('question').textContent !== " + Json.write(question));
  }

  @Test
  void editingByKeysAlone() throws Exception {
    try (Desk desk = Desk.open(folder.resolve("edit"), Set.of(Task.EDIT), 5, 1)) {
      enter(desk, "Ann");
      browser.until("document.getElementById('picture').naturalWidth > 0");
      String first = shown();
      assertEquals("a red car", browser.eval("document.getElementById('text').value").asText());

      browser.press("Enter"); // accept
      untilOther(first);
      assertEquals(new Reply.Edited("a red car"), answers(desk).get(0).reply());
      assertEquals(0.0, answers(desk).get(0).distance());
      assertTrue(answers(desk).get(0).activeMillis() >= 0);

      String second = shown();
      browser.press("e");
      browser.type(" at 7 s?"); // keys of commands are letters here
      browser.until("document.getElementById('save').textContent.startsWith('Save')");
      browser.press("Escape");
      browser.go(desk.root() + "/");
      browser.until("document.getElementById('text').value === 'a red car at 7 s?'"); // a reload has not lost it
      browser.press("e");
      browser.press("Enter", 2);
      untilOther(second);
      assertEquals(new Reply.Edited("a red car at 7 s?"), answers(desk).get(1).reply());

      String third = shown();
      browser.press("b");
      untilOther(third);
      assertEquals(second, shown());
      assertEquals("a red car at 7 s?", browser.eval("document.getElementById('text').value").asText());
      browser.press("r");
      browser.press("Enter");
      untilOther(second);
      assertEquals(third, shown(), "and on to where it was");
      assertEquals(3, desk.store.answers().count());
      assertEquals(2, answers(desk).size());

      browser.press("s");
      browser.until("document.getElementById('skip-dialog').open");
      browser.type("too dark");
      browser.press("Enter");
      untilOther(third);
      assertEquals(new Reply.Skipped("too dark"), answers(desk).get(2).reply());

      browser.press("?");
      browser.until("document.getElementById('help').open");
      shot("help-1280");
      browser.press("Escape");
      browser.until("!document.getElementById('help').open");
      browser.press("m");
      browser.until("document.getElementById('status').textContent.includes('like this one come next')");
      browser.press("z");
      browser.until("document.getElementById('item').classList.contains('zoomed')");
      for (int left = desk.store.items().all().size() - 3; left > 1; left--) {
        String now = shown();
        browser.press("Enter");
        untilOther(now);
      }
      browser.press("Enter");
      browser.until("!document.getElementById('done').hidden");
      shot("done-1280");
    }
  }

  @Test
  void ratingByKeysAloneAtBothWidthsInBothColours() throws Exception {
    try (Desk desk = Desk.open(folder.resolve("rate"), Set.of(Task.RATE), 4, 1)) {
      enter(desk, "Bo");
      browser.until("document.getElementById('picture').complete");
      String first = shown();
      browser.press("Enter");
      browser.until("!document.getElementById('trouble').hidden"); // rate first
      browser.press("6");
      browser.until("document.getElementById('answer-b').classList.contains('better')");
      String better = browser.eval("document.getElementById('text-b').textContent").asText();
      assertEquals(better, browser.eval("document.getElementById('text').value").asText());
      for (int width : new int[] {1280, 400}) {
        for (boolean dark : new boolean[] {false, true}) {
          browser.size(width, 800);
          browser.dark(dark);
          check("rate-" + width + (dark ? "-dark" : ""), width);
        }
      }
      browser.dark(false);
      browser.press("e");
      browser.type("!");
      browser.press("Enter", 2);
      untilOther(first);
      Reply.Rated kept = (Reply.Rated) answers(desk).get(0).reply();
      assertEquals(2, Math.abs(kept.rating()));
      assertEquals(better + "!", kept.edit());
      assertEquals(better, desk.store.items().drafts(answers(desk).get(0).item()).get(kept.better()).text());

      String second = shown();
      browser.press("4");
      browser.until("document.getElementById('edit').hidden"); // neither is better: nothing to edit
      browser.press("Enter");
      untilOther(second);
      assertEquals(new Reply.Rated(0, null), answers(desk).get(1).reply());
      String third = shown();
      browser.press("b");
      untilOther(third);
      browser.until("document.querySelector('#scale input:checked').value === '0'");
      browser.size(400, 800);
      check("back-400", 400);

      browser.press("p");
      browser.until("location.pathname === '/progress' && document.getElementById('people').textContent.includes('Bo')");
      for (int width : new int[] {1280, 400}) {
        browser.size(width, 800);
        browser.dark(width == 400);
        check("progress-" + width, width);
      }
      browser.dark(false);
      browser.press("x");
      browser.until("document.getElementById('exported').textContent.includes('1 conversations and 1 preferences')");
    }
  }

  @Test
  void anEditPageIsClearAtBothWidths() throws Exception {
    try (Desk desk = Desk.open(folder.resolve("clear"), Set.of(Task.EDIT), 3, 1)) {
      browser.size(400, 800);
      browser.go(desk.root() + "/");
      browser.eval("localStorage.clear()");
      browser.go(desk.root() + "/");
      browser.until("!document.getElementById('welcome').hidden");
      check("welcome-400", 400);
      enter(desk, "Cy");
      browser.until("document.getElementById('picture').naturalWidth > 0");
      for (int width : new int[] {1280, 400}) {
        browser.size(width, 800);
        check("edit-" + width, width);
      }
      // Tab reaches what can be done, and where the focus is can be seen.
      List<String> reached = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        browser.press("Tab");
        if (browser.eval("document.activeElement === document.body").asBoolean()) continue; // out of the page and in again
        reached.add(browser.eval("document.activeElement.id || document.activeElement.textContent").asText());
        assertFalse(browser.eval("getComputedStyle(document.activeElement).outlineStyle").asText().equals("none"), reached.toString());
      }
      assertTrue(reached.containsAll(List.of("zoom", "more", "text", "to-text", "save", "skip")), reached.toString());
    }
  }

  @Test
  void aServerThatComesBackGetsTheAnswer() throws Exception {
    Path place = folder.resolve("back");
    Desk desk = Desk.open(place, Set.of(Task.EDIT), 3, 1);
    try {
      enter(desk, "Di");
      String first = shown();
      browser.eval("window.real = fetch; window.fetch = (p, o) => { if (!o || !o.body) return real(p, o); window.fetch = real; "
          + "return real(p, o).then(() => { throw new TypeError('the reply was lost'); }); }");
      browser.press("Enter");
      untilOther(first);
      untilAnswers(desk, 1);
      assertEquals(1, desk.store.answers().count(), "sent twice, kept once");
    } finally {
      desk.close();
    }
  }

  private static void check(String name, int width) throws IOException {
    shot(name);
    JsonNode contrast = browser.eval(CONTRAST);
    assertTrue(contrast.path("seen").asInt() > 10, name);
    assertEquals("[]", contrast.path("bad").toString(), name);
    assertEquals("[]", browser.eval(NAMELESS).toString(), name);
    assertTrue(browser.eval("document.documentElement.scrollWidth").asInt() <= width, name + ": nothing to the side");
  }
}

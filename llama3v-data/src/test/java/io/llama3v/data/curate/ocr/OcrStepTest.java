package io.llama3v.data.curate.ocr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.PassOverShards;
import io.llama3v.data.curate.PassOverShards.Input;
import io.llama3v.image.ImageEdits;
import io.llama3v.image.RgbImage;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OcrStepTest {
  @TempDir
  private Path folder;

  private static RgbImage rendered(int size, String... lines) {
    BufferedImage image = new BufferedImage(size * 22, size * 2 * lines.length + size, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    g.setColor(Color.BLACK);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size));
    for (int i = 0; i < lines.length; i++) g.drawString(lines[i], size, size * 2 * (i + 1));
    g.dispose();
    return RgbImage.of(image);
  }

  @Test
  void tesseractReadsWordsWithTheirPlaces() throws Exception {
    RgbImage image = rendered(24, "Total revenue 2023: $4,512.75", "Paid in full");
    try (TesseractRecognizer reader = new TesseractRecognizer(TesseractRecognizer.Layout.PAGE)) {
      List<RecognizedWord> words = reader.read(image);
      assertEquals(List.of("Total", "revenue", "2023:", "$4,512.75", "Paid", "in", "full"), words.stream().map(RecognizedWord::text).toList());
      assertEquals(List.of(0, 0, 0, 0, 1, 1, 1), words.stream().map(RecognizedWord::line).toList());
      for (RecognizedWord word : words) assertTrue(word.confidence() > 70 && word.confidence() <= 100, word.toString());
      RecognizedWord first = words.get(0);
      assertTrue(Math.abs(first.x() - 24) < 6 && first.y() > 20 && first.y() + first.height() < 60, "in pixels of the picture: " + first);
      assertTrue(words.get(4).y() > 70, words.get(4).toString());
      ExecutorService threads = Executors.newFixedThreadPool(3);
      try {
        List<Callable<List<RecognizedWord>>> tasks = java.util.Collections.nCopies(4, () -> reader.read(image));
        for (Future<List<RecognizedWord>> f : threads.invokeAll(tasks)) assertEquals(words, f.get());
      } finally {
        threads.shutdown();
      }
      assertEquals(List.of(), reader.read(RgbImage.filled(40, 40, 0xFFFFFF)));
      assertEquals(List.of(), reader.read(RgbImage.filled(1, 1, 0x804020)));
    }
    IOException none = assertThrows(IOException.class, () -> new TesseractRecognizer(folder, "eng", TesseractRecognizer.Layout.PAGE));
    assertTrue(none.getMessage().contains("eng.traineddata"), none.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new TesseractRecognizer(folder, "../eng", TesseractRecognizer.Layout.PAGE));
  }

  /** Says the same of every picture. */
  private record Fixed(List<RecognizedWord> words) implements TextRecognizer {
    @Override
    public String fingerprint() {
      return "fixed";
    }

    @Override
    public List<RecognizedWord> read(RgbImage image) {
      return words;
    }

    @Override
    public void close() {}
  }

  private static RecognizedWord word(String text, double confidence) {
    return new RecognizedWord(text, (float) confidence, 0, 0, 0, 1, 1);
  }

  private CurationRecord run(OcrConfig config, List<RecognizedWord> words, String... captions) throws IOException {
    Input input = new Input(CurationRecord.read("a", "a", 0, 0, List.of(captions), null), ImageEdits.jpegBytes(RgbImage.filled(8, 8, 0), 0.5));
    return PassOverShards.run(new OcrStep(config, new Fixed(words)), List.of(List.of(input)), 1, folder).get(0);
  }

  @Test
  void confidentWordsAreAppendedAndTheirPlaceIsKept() throws IOException {
    List<RecognizedWord> words = List.of(word("STOP", 96), word("~|", 99), word("blurred", 30), word("all\nways", 88));
    CurationRecord r = run(OcrConfig.DEFAULT, words, "a red sign", "sign that says stop all ways");
    assertEquals(List.of("a red sign STOP all ways", "sign that says stop all ways"), r.captions());
    assertEquals("11-24,-", r.notes().get(OcrStep.SPANS));
    assertEquals("STOP all ways", r.captions().get(0).substring(11, 24));
    assertEquals("STOP all ways", r.notes().get(OcrStep.TEXT));
    assertEquals(92, r.scores().get(OcrStep.CONFIDENCE), 1e-5);
    OcrConfig strict = new OcrConfig(90.0, 2, 0, null, null, null, null);
    CurationRecord untouched = run(strict, words, "a red sign");
    assertEquals(List.of("a red sign"), untouched.captions());
    assertEquals(Map.of(), untouched.notes());
    OcrConfig brief = new OcrConfig(50.0, 1, 8, " | ", null, null, null);
    assertEquals(List.of("x | STOP"), run(brief, words, "x").captions(), "no word is cut");
    assertNotEquals(new OcrStep(strict, new Fixed(words)).settings(), new OcrStep(brief, new Fixed(words)).settings());
  }
}

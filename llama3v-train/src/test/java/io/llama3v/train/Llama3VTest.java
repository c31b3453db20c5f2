package io.llama3v.train;

import static io.llama3v.train.Llama3V.image;
import static io.llama3v.train.Llama3V.plot;
import static io.llama3v.train.Llama3V.show;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.train.cli.TinyModels;
import io.llama3v.train.report.ReportData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in the hands of somebody who explores. */
class Llama3VTest {
  @TempDir
  static Path folder;
  static Path run;
  static String wide;

  @BeforeAll
  static void makeRun() throws IOException {
    try (Backend backend = Backend.best()) {
      run = TinyModels.run(backend, folder.resolve("run"));
    }
    wide = TinyModels.picture(folder.resolve("wide.png"), 40, 16).toString();
  }

  @Test
  void askAndLook() throws IOException {
    try (Llama3V m = Llama3V.open(run.toString())) {
      assertThrows(IllegalStateException.class, m::attention);
      String answer = m.ask(image(wide), "a red car");
      assertEquals(answer, m.ask(image(wide), "a red car"));
      Attention seen = m.attention();
      assertEquals(answer, seen.answer());
      assertArrayEquals(new int[] {3}, seen.layers());
      double[] tiles = seen.tiles(0, 0);
      assertEquals(1, java.util.Arrays.stream(tiles).sum(), 1e-5, "what lies beyond the picture's tiles gets nothing");
      ReportData.AttentionMap map = seen.maps(0).get(0);
      assertEquals(2 * seen.placements().get(0).aspectRatio().tilesWide(), map.columns(), "2 x 2 patches a tile");
      assertTrue(seen.toString().contains("layer   3"), seen.toString());

      Path page = show(seen);
      String html = Files.readString(page);
      assertTrue(html.contains("layer 3") && html.contains("class=\"heat\""), html);
      Files.delete(page);
      Path copy = show(image(wide));
      assertEquals(image(wide), image(copy));
      Files.delete(copy);

      m.ask(List.of(image(wide), image(wide)), "which");
      double both = 0;
      for (int i = 0; i < 2; i++) both += java.util.Arrays.stream(m.attention().tiles(0, i)).sum();
      assertEquals(1, both, 1e-5);
      m.ask("without a picture");
      assertThrows(IllegalStateException.class, m::attention);
    }
  }

  @Test
  void curvesOfARun() throws IOException {
    Files.writeString(run.resolve("metrics.jsonl"), """
        {"stage": "adapter", "step": 10, "seconds": 1.0, "loss": 4.0}
        {"stage": "adapter", "step": 20, "seconds": 2.0, "loss": 3.0}
        """);
    Path report = plot(run.toString());
    assertEquals(run.resolve("report.html").toAbsolutePath(), report);
    assertTrue(Files.readString(report).contains("Loss"));
  }
}

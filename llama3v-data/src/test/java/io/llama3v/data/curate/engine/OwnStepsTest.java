package io.llama3v.data.curate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.data.pipeline.OpenSource;
import io.llama3v.data.pipeline.SampleSources;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.image.ImageDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with steps that fail, wait, edit pictures, or drop what nobody is to see. */
class OwnStepsTest {
  @TempDir Path dir;

  /** What a test changes in a step that does nothing. */
  private static class Own implements Step<Void> {
    private final String name;
    private final UnaryOperator<CurationRecord> measured;

    Own(String name, UnaryOperator<CurationRecord> measured) {
      this.name = name;
      this.measured = measured;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Map<String, String> settings() {
      return Map.of("version", "1");
    }

    @Override
    public List<CurationRecord> measure(List<Candidate> batch) {
      return batch.stream().map(c -> measured.apply(c.record())).toList();
    }
  }

  private CurationConfig config(String more) {
    return ConfigLoader.parse("run: " + dir.resolve("run") + "\nthreads: 1\ninputs: [{shards: '" + dir.resolve("raw") + "/r-*.tar'}]\n"
        + "output: {shard_samples: 6}\n" + more, "test", CurationConfig.class, List.of());
  }

  private void raw(String... keysAndCaptions) throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("raw"), "r", 4, Long.MAX_VALUE)) {
      for (int i = 0; i < keysAndCaptions.length; i += 2) {
        writer.write(TestPictures.sample(keysAndCaptions[i], TestPictures.png(8, 8, 1 + i / 2), keysAndCaptions[i + 1]));
      }
    }
  }

  private void eight() throws IOException {
    raw("a", "one", "b", "two", "c", "three", "d", "four", "e", "five", "f", "six", "g", "seven", "h", "eight");
  }

  private List<Path> shards() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("run/shards"))) {
      return files.filter(f -> !f.endsWith(RunFolder.MARKER)).sorted().toList();
    }
  }

  @Test
  void aShardWhoseSamplesCannotAllBeHadDoesNotAppear() throws IOException {
    eight();
    AtomicBoolean broken = new AtomicBoolean(true);
    Step<Void> editor = new Own("editor", r -> r) {
      @Override
      public boolean editsPictures() {
        return true;
      }

      @Override
      public byte[] edit(CurationRecord record, byte[] bytes) throws IOException {
        if (broken.get() && record.key().equals("e")) {
          throw new IOException("no memory left on the device");
        }
        return bytes;
      }
    };
    assertThrows(IOException.class, () -> {
      try (Engine engine = new LocalEngine(1)) {
        Curation.run(config("output: {selection: false}\n".replace("output", "# output")), List.of(editor), engine);
      }
    });
    assertEquals(List.of(), shards());
    broken.set(false);
    try (Engine engine = new LocalEngine(1)) {
      Curation.run(config(""), List.of(editor), engine);
    }
    List<String> keys = new ArrayList<>();
    try (ShardIndex index = ShardIndex.open(dir.resolve("run/shards") + "/*.tar")) {
      index.all().forEach(s -> keys.add(s.key()));
    }
    assertEquals(List.of("a", "b", "c", "d", "e", "f", "g", "h"), keys);
  }

  @Test
  void modelsAreNotClosedWhileThreadsComputeWithThem() throws Exception {
    eight();
    CountDownLatch computing = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean inside = new AtomicBoolean();
    AtomicBoolean closedInside = new AtomicBoolean();
    Step<Void> model = new Own("model", r -> r) {
      @Override
      public List<CurationRecord> measure(List<Candidate> batch) {
        inside.set(true);
        computing.countDown();
        try {
          release.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        inside.set(false);
        return super.measure(batch);
      }

      @Override
      public void close() {
        closedInside.set(inside.get());
      }
    };
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread run = new Thread(() -> {
      try (Engine engine = new LocalEngine(1)) {
        Curation.run(config(""), List.of(model), engine);
      } catch (Throwable e) {
        thrown.set(e);
      }
    });
    run.start();
    computing.await();
    run.interrupt();
    while (run.isAlive() && (run.isInterrupted() || run.getState() != Thread.State.WAITING)) {
      Thread.onSpinWait(); // until the interrupt is taken note of
    }
    release.countDown();
    run.join();
    assertFalse(closedInside.get());
    assertTrue(thrown.get() instanceof IOException && thrown.get().getMessage().contains("interrupted"), String.valueOf(thrown.get()));
  }

  @Test
  void aRepeatedKeyIsSelectedWhereItWasKept() throws IOException {
    raw("a", "IMG_0001.jpg", "a", "a drawing of a house", "b", "a drawing of a tree");
    Curation.run(config("steps: [rules]\nrules: {min_side: 8}\n"));
    try (OpenSource kept = SampleSources.open(dir.resolve("raw") + "/r-*.tar#selection=" + dir.resolve("run/selection.jsonl.gz"))) {
      assertEquals(2, kept.size());
      assertEquals("a drawing of a house", kept.read(0).text());
      assertArrayEquals(TestPictures.png(8, 8, 2), kept.read(0).image());
    }
  }

  @Test
  void theFunnelShowsPicturesAsTheyMayBeSeen() throws IOException {
    eight();
    Step<Void> early = new Own("early", r -> r.key().equals("a") ? r.dropped("early", "x") : r);
    Step<Void> blur = new Own("blur", r -> r.key().equals("b") ? r.dropped("blur", "secret") : r) {
      @Override
      public boolean showsDropped() {
        return false;
      }

      @Override
      public boolean editsPictures() {
        return true;
      }

      @Override
      public byte[] edit(CurationRecord record, byte[] bytes) {
        return TestPictures.png(5, 3, 9);
      }
    };
    Step<Void> late = new Own("late", r -> r.key().equals("c") ? r.dropped("late", "x") : r);
    Funnel funnel;
    try (Engine engine = new LocalEngine(1)) {
      funnel = Curation.run(config(""), List.of(early, blur, late), engine);
    }
    assertEquals("", card(funnel, "early").picture());
    assertEquals("", card(funnel, "blur").picture());
    for (Funnel.Card card : List.of(card(funnel, "late"), funnel.survivors().get(0))) {
      assertEquals(5, ImageDecoder.decode(Base64.getDecoder().decode(card.picture()), card.key()).width());
    }
  }

  @Test
  void stepsDropInTheirOwnName() throws IOException {
    eight();
    Step<Void> liar = new Own("liar", r -> r.dropped("somebody-else", "x"));
    try (Engine engine = new LocalEngine(1)) {
      IllegalStateException refused = assertThrows(IllegalStateException.class, () -> Curation.run(config(""), List.of(liar), engine));
      assertTrue(refused.getMessage().contains("'liar'") && refused.getMessage().contains("'somebody-else'"), refused.getMessage());
    }
  }

  @Test
  void stepsAreClosedWhereTheInputsAreNotThere() {
    AtomicBoolean closed = new AtomicBoolean();
    Step<Void> model = new Own("model", r -> r) {
      @Override
      public void close() {
        closed.set(true);
      }
    };
    assertThrows(IOException.class, () -> {
      try (Engine engine = new LocalEngine(1)) {
        Curation.run(config(""), List.of(model), engine);
      }
    });
    assertTrue(closed.get());
  }

  @Test
  void damageBetweenPassesIsNamed() throws IOException {
    eight();
    Curation.run(config("steps: [rules]\nrules: {min_side: 8, min_words: 1, min_characters: 1}\n"));
    Path records;
    try (Stream<Path> files = Files.walk(dir.resolve("run/work"))) {
      records = files.filter(f -> f.toString().contains("01-") && f.toString().endsWith("000000.records.gz")).findFirst().orElseThrow();
    }
    Files.write(records, Arrays.copyOf(Files.readAllBytes(records), 40));
    IOException damaged = assertThrows(IOException.class, () -> Curation.run(config(
        "steps: [rules]\nrules: {min_side: 8, min_words: 1, min_characters: 1}\n")));
    assertTrue(damaged.getMessage().contains(records.toString()) && damaged.getMessage().contains("delete it"), damaged.getMessage());
  }

  private static Funnel.Card card(Funnel funnel, String step) {
    return funnel.stages().stream().filter(s -> s.step().equals(step)).findFirst().orElseThrow().reasons().get(0).examples().get(0);
  }
}

package io.llama3v.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.checkpoint.Checkpoint;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.SaveStep;
import io.llama3v.train.exact.Child;
import io.llama3v.train.loop.SaveVictim.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that dies, or a disk that fails, at each of the eight places of the save protocol: a loadable checkpoint is always there. */
class SaveKillTest {
  @TempDir
  Path folder;

  @Test
  void killedAtEveryPlaceOfTheProtocol() throws IOException, InterruptedException {
    Map<String, String> expected = SaveVictim.train(folder.resolve("undisturbed"), step -> { });
    try (Child victim = Child.start(SaveVictim.class, folder.toString())) {
      assertTrue(victim.await(() -> victim.said(SaveVictim.READY)), victim::output);
      assertEquals(137, victim.kill());
    }
    int places = 0;
    for (int save : new int[] {1, 3}) {
      for (SaveStep step : SaveStep.values()) {
        Place place = new Place(step, save);
        Path run = place.folder(folder);
        if (!Files.exists(run)) continue;
        assertLoadable(place, run);
        assertEquals(expected, SaveVictim.train(run, s -> { }), place.toString());
        assertTidy(run);
        places++;
      }
    }
    assertEquals(2 * SaveStep.values().length - 1, places);
  }

  /** A step is published or it is not, and what was published before is still there, without any leave to pass over damage. */
  private static void assertLoadable(Place place, Path run) throws IOException {
    boolean published = place.step().compareTo(SaveStep.PUBLISHED) >= 0;
    int saves = place.save() - (published ? 0 : 1);
    Optional<Checkpoint> newest = new CheckpointStore(run.resolve("checkpoints"), 2).latest();
    assertEquals(saves > 0 ? Optional.of((long) saves * SaveVictim.EVERY) : Optional.empty(), newest.map(found -> found.state().step()),
        place.toString());
  }

  private static void assertTidy(Path run) throws IOException {
    try (Stream<Path> left = Files.list(run.resolve("checkpoints"))) {
      assertEquals(List.of("latest", "step_10", "step_12"), left.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFailingDiskIsNoSuccessAndNoLoss(SaveStep step) throws IOException {
    Map<String, String> expected = SaveVictim.train(folder.resolve("undisturbed"), s -> { });
    Place place = new Place(step, 3);
    Path run = folder.resolve("run");
    SaveStep.Observer full = SaveVictim.at(place, () -> {
      throw new IOException("No space left on device");
    });
    String told = assertThrows(IOException.class, () -> SaveVictim.train(run, full)).getMessage();
    assertTrue(told.contains("No space left on device"), told);
    if (step.compareTo(SaveStep.PUBLISHED) < 0) assertTrue(told.startsWith(run.resolve("checkpoints/step_6") + " could not be written"), told);
    assertLoadable(place, run);
    assertEquals(expected, SaveVictim.train(run, s -> { }));
  }
}

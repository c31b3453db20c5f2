package io.llama3v.train.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.loop.NonFiniteLossException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
  private static final List<Trial> TRIALS =
      new SearchSpace(new double[] {1, 2, 3}, new double[] {0}, new double[] {1}, 1).grid(1);
  @TempDir Path folder;

  @Test
  void ranksAndKeepsWhatDiverged() throws IOException {
    List<TrialResult> results = Sweep.run(TRIALS, folder, (trial, own) -> {
      if (trial.learningRate() == 3) throw new NonFiniteLossException("loss is NaN");
      assertEquals(folder.resolve(trial.name()), own);
      return trial.learningRate() / 10;
    });
    assertEquals(List.of("run-2", "run-1", "run-3"), results.stream().map(r -> r.trial().name()).toList());
    assertEquals(0.2, results.get(0).score());
    assertFalse(results.get(2).scored());
    assertEquals("loss is NaN", results.get(2).failure());
    assertTrue(Files.readString(folder.resolve("run-3/trial.json")).contains("loss is NaN"));
  }

  @Test
  void goesOnWhereItStopped() throws IOException {
    List<String> ran = new ArrayList<>();
    assertThrows(IOException.class, () -> Sweep.run(TRIALS, folder, (trial, own) -> {
      ran.add(trial.name());
      if (trial.name().equals("run-2")) throw new IOException("disk full");
      return 1;
    }));
    List<TrialResult> results = Sweep.run(TRIALS, folder, (trial, own) -> {
      ran.add(trial.name());
      return 2;
    });
    assertEquals(List.of("run-1", "run-2", "run-2", "run-3"), ran);
    assertEquals(1, results.get(2).score(), "the first trial's result was kept");
  }

  @Test
  void otherSettingsInAFolderAreRefused() throws IOException {
    Sweep.run(TRIALS.subList(0, 1), folder, (trial, own) -> 1);
    List<Trial> other = List.of(new Trial("run-1", 1, 0.5, 1, 1));
    String message = assertThrows(IllegalStateException.class, () -> Sweep.run(other, folder, (trial, own) -> 1)).getMessage();
    assertTrue(message.contains("weight_decay 0.0") && message.contains("0.5"), message);
  }

  @Test
  void nothingButFailuresIsAFailure() {
    assertThrows(IllegalStateException.class, () -> Sweep.run(TRIALS, folder, (trial, own) -> Double.NaN));
  }

  @Test
  void scoresByAnotherMeasureAreNotRankedWithTheRest() throws IOException {
    List<Trial> two = TRIALS.subList(0, 2);
    assertThrows(IOException.class, () -> Sweep.run(two, folder, Map.of("score", "answers"), (trial, own) -> {
      if (trial.name().equals("run-2")) throw new IOException("killed");
      return 0.9;
    }));
    List<TrialResult> results = Sweep.run(two, folder, Map.of("score", "loss"), (trial, own) -> -trial.learningRate());
    assertEquals(List.of(-1.0, -2.0), results.stream().map(TrialResult::score).toList());
    results = Sweep.run(two, folder, Map.of("score", "loss"), (trial, own) -> 7);
    assertEquals(List.of(-1.0, -2.0), results.stream().map(TrialResult::score).toList(), "by the same measure they are kept");
  }

  @Test
  void whatDivergedIsTriedAgainUnderOtherSettings() throws IOException {
    List<Trial> one = TRIALS.subList(0, 1);
    Sweep.Experiment diverges = (trial, own) -> {
      throw new NonFiniteLossException("loss is NaN");
    };
    assertThrows(IllegalStateException.class, () -> Sweep.run(one, folder, Map.of("clip", "1"), diverges));
    String again = assertThrows(IllegalStateException.class, () -> Sweep.run(one, folder, Map.of("clip", "1"), (trial, own) -> 1)).getMessage();
    assertTrue(again.contains("loss is NaN") && again.contains("delete"), again);
    assertEquals(1, Sweep.run(one, folder, Map.of("clip", "0.5"), (trial, own) -> 1).get(0).score());

    assertThrows(IllegalStateException.class, () -> Sweep.run(one, folder.resolve("rate"), diverges));
    List<Trial> slower = List.of(new Trial("run-1", 0.1, 0, 1, 1));
    assertEquals(2, Sweep.run(slower, folder.resolve("rate"), (trial, own) -> 2).get(0).score());
  }
}

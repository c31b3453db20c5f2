package io.llama3v.train.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

class ScheduleTest {

  @Test
  void followsTheTablesOfHuggingFaceStepByStep() throws IOException {
    Map<String, Schedule> schedules = Map.of(
        "cosine_warm0_total10", Schedule.warmupCosine(1, 0, 10),
        "cosine_warm5_total50", Schedule.warmupCosine(1, 5, 50),
        "cosine_warm13_total40", Schedule.warmupCosine(1, 13, 40),
        "linear_warm0_total10", Schedule.warmupLinear(1, 0, 10),
        "linear_warm5_total50", Schedule.warmupLinear(1, 5, 50),
        "linear_warm13_total40", Schedule.warmupLinear(1, 13, 40),
        "constant_warm4", Schedule.warmupConstant(1, 4));
    JsonNode tables;
    try (InputStream in = ScheduleTest.class.getResourceAsStream("lr-multipliers.json")) {
      tables = new ObjectMapper().readTree(in);
    }
    assertEquals(schedules.size(), tables.size());
    tables.properties().forEach(table -> {
      for (int k = 0; k < table.getValue().size(); k++) {
        assertEquals(table.getValue().get(k).asDouble(), schedules.get(table.getKey()).at(k), 1e-15, table.getKey() + " at step " + k);
      }
    });
  }

  @Test
  void openClipWarmsUpOneStepEarlier() {
    Schedule schedule = Schedule.openClipCosine(0.5, 4, 12);
    assertEquals(0.125, schedule.at(0));
    assertEquals(0.5, schedule.at(3));
    assertEquals(0.5, schedule.at(4));
    assertEquals(0.25, schedule.at(8), 1e-16);
    assertEquals(0.5 * 0.5 * (1 + Math.cos(Math.PI * 7 / 8)), schedule.at(11), 1e-16);
    assertEquals(0.0, Schedule.warmupCosine(0.5, 4, 12).at(0));
    assertEquals(0.25, Schedule.openClipConstant(0.5, 4).at(1));
    assertEquals(0.5, Schedule.openClipConstant(0.5, 4).at(100));
    assertEquals(0.5, Schedule.openClipCosine(0.5, 0, 10).at(0));
  }

  @Test
  void aCosineMayEndAboveZero() {
    Schedule schedule = Schedule.warmupCosine(1.0, 0.1, 10, 110);
    assertEquals(0.0, schedule.at(0));
    assertEquals(1.0, schedule.at(10));
    assertEquals(0.55, schedule.at(60), 1e-15);
    assertEquals(0.1, schedule.at(110), 1e-15);
  }

  @Test
  void floorHoldsEverywhereAndUntilHoldsTheEnd() {
    Schedule floored = Schedule.warmupLinear(1, 10, 20).floor(0.25);
    assertEquals(0.25, floored.at(0));
    assertEquals(0.5, floored.at(5));
    assertEquals(0.25, floored.at(1_000));
    Schedule cosine = Schedule.warmupCosine(1, 0, 10);
    assertTrue(cosine.at(15) > 0.4, "the original climbs again");
    assertEquals(0.0, cosine.until(10).at(15));
    assertEquals(2.0, Schedule.constant(0.5).times(4).at(7));
  }

  @Test
  void piecesCountTheirOwnSteps() {
    Schedule schedule = Schedule.piecewise(new Schedule.Piece(0, Schedule.warmupConstant(1, 2)),
        new Schedule.Piece(10, Schedule.warmupLinear(0.5, 0, 10)));
    assertEquals(0.5, schedule.at(1));
    assertEquals(1.0, schedule.at(9));
    assertEquals(0.5, schedule.at(10));
    assertEquals(0.25, schedule.at(15));
  }

  @Test
  void talksToNd4jBothWays() {
    ISchedule nd4j = Schedule.warmupLinear(1, 0, 10).toNd4j();
    assertEquals(0.7, nd4j.valueAt(3, 99), 1e-15);
    assertEquals(0.7, nd4j.clone().valueAt(3, 0), 1e-15);
    ISchedule halving = new StepSchedule(ScheduleType.ITERATION, 1.0, 0.5, 10);
    assertEquals(0.25, Schedule.fromNd4j(halving, 100).at(25), 1e-15);
    ISchedule perEpoch = new StepSchedule(ScheduleType.EPOCH, 1.0, 0.5, 1);
    assertEquals(0.5, Schedule.fromNd4j(perEpoch, 100).at(199), 1e-15);
  }

  @Test
  void refusesWhatCannotBeMeant() {
    assertThrows(IllegalArgumentException.class, () -> Schedule.warmupCosine(1, 20, 10));
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Schedule.warmupCosine(1, 2.0, 0, 10));
    assertThrows(IllegalArgumentException.class, () -> Schedule.piecewise(new Schedule.Piece(3, Schedule.constant(1))));
    assertThrows(IllegalArgumentException.class, () -> Schedule.piecewise(new Schedule.Piece(0, Schedule.constant(1)),
        new Schedule.Piece(0, Schedule.constant(2))));
    assertThrows(IllegalArgumentException.class, () -> Schedule.fromNd4j(Schedule.constant(1).toNd4j(), 0));
  }
}

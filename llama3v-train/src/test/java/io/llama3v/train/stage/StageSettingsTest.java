package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.sweep.Trial;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sections of a configuration say, and what they refuse. */
class StageSettingsTest {
  private static final String TRAINING = "training: {steps: 100, batch_size: 8, learning_rate: 1e-3";

  private static PipelineConfig parse(String yaml) {
    return ConfigLoader.parse("run: x\nlanguage_model: {load: lm}\n" + yaml, "test", PipelineConfig.class, List.of());
  }

  private static String refusal(String yaml) {
    return assertThrows(ConfigException.class, () -> parse(yaml)).getMessage();
  }

  @Test
  void clipHasTheOptimiserOfItsPaperAndOthersTheirs() {
    PipelineConfig c = parse("clip: {" + TRAINING + "}}\nadapter: {" + TRAINING + "}}\n");
    TrainingConfig clip = c.clip().training();
    assertEquals(List.of(0.9, 0.98, 1e-6, 0.2), List.of(clip.beta1(), clip.beta2(), clip.epsilon(), clip.weightDecay()));
    TrainingConfig adapter = c.adapter().training();
    assertEquals(List.of(0.9, 0.95, 1e-8, 0.0), List.of(adapter.beta1(), adapter.beta2(), adapter.epsilon(), adapter.weightDecay()));
    assertEquals(0, parse("clip: {" + TRAINING + ", weight_decay: 0}}\n").clip().training().weightDecay(), "a written 0 is a 0");
    PipelineConfig again = ConfigLoader.parse(ConfigLoader.effective(c), "printed", PipelineConfig.class, List.of());
    assertEquals(ConfigLoader.flatten(c), ConfigLoader.flatten(again), "what is printed is what was meant");
  }

  @Test
  void valuesThatMakeNoSenseAreToldBeforeAnythingRuns() {
    for (String wrong : List.of("warmup: -1", "warmup: 100", "floor: 1.5", "floor: -0.1", "beta1: 1", "beta2: 1.5", "epsilon: -1", "clip: -1",
        "weight_decay: -0.1", "log_every: -1", "checkpoint_every: -5", "workers: -2", "micro_batch: -4")) {
      String message = refusal("adapter: {" + TRAINING + ", " + wrong + "}}");
      assertTrue(message.startsWith("test:3:") && message.contains(wrong.substring(0, wrong.indexOf(':'))), wrong + ": " + message);
    }
    for (String wrong : List.of("share: 1.5", "learning_rate: -1", "weight_decay: -1")) {
      assertTrue(refusal("sft: {" + TRAINING + "}, runs: [{" + wrong + "}]}").contains(wrong.substring(0, wrong.indexOf(':'))), wrong);
    }
    assertTrue(refusal("evaluation: {candidates: -1}").contains("candidates"));
    assertTrue(refusal("adapter: {tiles: -1, " + TRAINING + "}}").contains("tiles"));
    assertTrue(refusal("clip: {letters: 0.2, data: {x: {lines: y}}, " + TRAINING + "}}").contains("letters"));
    PipelineConfig bare = parse("stages: [adapter]\nadapter: {" + TRAINING + "}}");
    assertTrue(assertThrows(IllegalArgumentException.class, bare::requireSections).getMessage().contains("no section 'clip', which stage 'adapter' reads"));
  }

  @Test
  void whatIsAbsentIsNotPrintedAsANumber() {
    String printed = ConfigLoader.effective(parse("adapter: {" + TRAINING + "}}\nannealing: {tile_size: 8, " + TRAINING + ", checkpoint_every: 7}}"));
    assertFalse(printed.contains(String.valueOf(Integer.MAX_VALUE)), printed);
    PipelineConfig again = ConfigLoader.parse(printed, "printed", PipelineConfig.class, List.of());
    assertNull(again.adapter().training().checkpointEvery());
    assertEquals(7, again.annealing().training().checkpointEvery());
    assertNull(parse("adapter: {" + TRAINING + ", checkpoint_every: 0}}").adapter().training().checkpointEvery());
  }

  @Test
  void aFrozenPartHasNoSchedule() {
    assertTrue(refusal("adapter: {" + TRAINING + ", parts: [{match: [x], train: false, schedule: {at: {0: 1}}}]}}").contains("no schedule"));
    assertTrue(refusal("adapter: {" + TRAINING + ", parts: [{match: [x], learning_rate: 0, weight_decay: 0.1}]}}").contains("no weight_decay"));
    assertTrue(refusal("adapter: {" + TRAINING + ", parts: [{match: [x], learning_rate: 0, train: true}]}}").contains("contradict"));
    PartConfig decay = parse("adapter: {" + TRAINING + ", parts: [{match: [x], weight_decay: 0.3}]}}").adapter().training().parts().get(0);
    assertFalse(decay.frozen(), "without a learning rate it has the stage's");
    assertEquals(1, decay.learningRate());
    assertNull(decay.train());
  }

  @Test
  void wordsToRead() {
    assertTrue(refusal("clip: {letters: 1, " + TRAINING + "}}\n").contains("letters 1.0; expected a share"));
    assertTrue(refusal("corpus: {reading: {samples: 10, letters: 8}}\n").contains("reading.letters must be at most 7, not 8"));
    assertEquals(0, parse("clip: {" + TRAINING + "}}\n").corpus().reading().samples(), "none unless asked for");
  }

  @Test
  void schedulesOfAStage() {
    PipelineConfig c = parse("adapter: {" + TRAINING + "}}\nannealing:\n  " + TRAINING + ", average: {kind: swa, from: 0.6, learning_rate: 0.1}}\n"
        + "  question_share: 0.25\n  schedules:\n    tile_size: {at: {0: 24, 30: 32, 60: 48}}\n    max_tokens: {shape: linear, at: {0: 20, 50: 70}}\n"
        + "    learning_rate: {shape: cosine, at: {0: 4e-3, 100: 0}}\n    mixture: {questions: {shape: linear, at: {0: 0, 100: 1}}}\n");
    VlmPlan plan = VlmPlan.annealing(c);
    assertEquals(48, c.annealing().tileSize(), "the stage's result has the last size");
    assertEquals(List.of(new VlmPlan.Phase("annealing/phase-1", 0, 30, 24), new VlmPlan.Phase("annealing/phase-2", 30, 60, 32),
        new VlmPlan.Phase("annealing/phase-3", 60, 100, 48)), plan.phases());
    Schedule rate = plan.learningRate();
    assertEquals(2e-3, rate.at(50), 1e-12);
    assertEquals(1e-4, rate.at(60), 1e-12, "held at a tenth of the training's peak while weights are averaged");
    assertEquals(1e-4, rate.at(99), 1e-12);
    assertEquals(0.75, plan.weight(VlmPlan.CAPTIONS, 40));
    assertEquals(0.4, plan.weight(VlmPlan.QUESTIONS, 40), 1e-12);
    assertArrayEquals(new long[] {0}, SchedulesConfig.NONE.tileSteps(10));
  }

  @Test
  void schedulesThatMakeNoSenseAreRefused() {
    String annealing = "annealing: {" + TRAINING + "}, schedules: ";
    assertTrue(refusal(annealing + "{tile_size: {shape: linear, at: {0: 24}}}}").contains("at steps only"));
    assertTrue(refusal(annealing + "{tile_size: {at: {5: 24}}}}").contains("step 0"));
    assertTrue(refusal(annealing + "{tile_size: {at: {0: 24.5}}}}").contains("whole number"));
    assertTrue(refusal(annealing + "{tile_size: {at: {0: 24}}}, tile_size: 32}").contains("leave out one"));
    assertTrue(refusal("annealing: {tile_size: 8, " + TRAINING + "}, schedules: {difficulty: {at: {0: 0}}}}").contains("difficulty 0"));
    assertTrue(refusal("annealing: {tile_size: 8, " + TRAINING + "}, schedules: {max_tokens: {at: {x: 3}}}}").contains("'x' is no step"));
    assertTrue(refusal("annealing: {tile_size: 8, " + TRAINING + ", average: {every: 60, from: 0.5}}}").contains("takes nothing in"));
    assertTrue(refusal("annealing: {tile_size: 8, optimizer: carry, " + TRAINING + ", lora: {match: [x]}}}").contains("exclude each other"));
    PipelineConfig c = parse("adapter: {" + TRAINING + "}, schedules: {mixture: {jokes: {at: {0: 1}}}}}");
    assertTrue(assertThrows(IllegalArgumentException.class, () -> VlmPlan.adapter(c)).getMessage().contains("[jokes]"));
  }

  @Test
  void runsAndSweeps() {
    PipelineConfig runs = parse("sft: {" + TRAINING + ", weight_decay: 0.1}, runs: [{seed: 1, share: 0.8}, {learning_rate: 2, weight_decay: 0, seed: 2}]}");
    assertEquals(List.of(new Trial("run-1", 1e-3, 0.1, 0.8, 204), new Trial("run-2", 2e-3, 0, 1, 304)), runs.sft().trials(4));
    PipelineConfig sweep = parse("sft: {" + TRAINING + "}, sweep: {learning_rate: [1e-4, 2e-4], weight_decay: [0, 0.1], share: [0.5], subsets: 2}}");
    assertEquals(8, sweep.sft().trials(4).size());
    assertEquals(1, parse("sft: {" + TRAINING + "}}").sft().trials(4).size());
    assertTrue(refusal("sft: {" + TRAINING + "}, runs: [{seed: 1}], sweep: {share: [1]}}").contains("leave out one"));
    assertTrue(refusal("sft: {" + TRAINING + "}, sweep: {search: random}}").contains("trials"));
    assertTrue(refusal("sft: {" + TRAINING + "}, sweep: {trials: 3}}").contains("belongs to search: random"));
    assertTrue(refusal("sft: {" + TRAINING + "}, sweep: {learning_rate: [-1]}}").contains("learning_rate -1.0"));
  }

  @Test
  void aRunOfASweepDoesNotDependOnTheOthers() {
    String sft = "sft: {" + TRAINING + "}, sweep: {learning_rate: [1e-4, 2e-4";
    PipelineConfig two = parse(sft + "]}}");
    PipelineConfig three = parse(sft + ", 3e-4]}, soup: {most: 2}}");
    assertEquals(Pipeline.settings(two, "sft/run-1"), Pipeline.settings(three, "sft/run-1"));
    assertFalse(Pipeline.settings(two, "sft/run-1").equals(Pipeline.settings(two, "sft/run-2")));
    assertFalse(Pipeline.settings(two, "sft").equals(Pipeline.settings(three, "sft")));
    PipelineConfig none = parse("sft: {" + TRAINING + "}}");
    PipelineConfig written = parse("sft: {" + TRAINING + "}, runs: [{seed: 1}, {seed: 2}]}");
    assertEquals(Pipeline.settings(none, "sft/run-1"), Pipeline.settings(written, "sft/run-1"), "the first run is the same, written out or not");
  }
}

package io.llama3v.data.curate.ngram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.PassOverShards;
import io.llama3v.data.curate.PassOverShards.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResampleStepTest {
  private static final Vocabulary VOCABULARY = Vocabulary.of(List.of("cat", "dog", "red cat", "zebra"));
  @TempDir
  private Path folder;

  /** 600 cats, 300 dogs with a second caption, 6 zebras, 94 of which nothing is known. */
  private static List<Input> samples() {
    List<Input> inputs = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      List<String> captions = i < 600 ? List.of("a cat.") : i < 900 ? List.of("some animal", "a dog") : i < 906 ? List.of("zebra") : List.of("cats");
      inputs.add(new Input(CurationRecord.read("key " + i, "key " + i, 0, i, captions, null), null));
    }
    return inputs;
  }

  private Map<String, CurationRecord> run(ResampleStep step, List<Input> inputs, int shards, int batch) throws IOException {
    List<List<Input>> cut = new ArrayList<>();
    for (int s = 0; s < shards; s++) cut.add(inputs.subList(s * inputs.size() / shards, (s + 1) * inputs.size() / shards));
    Map<String, CurationRecord> byId = new TreeMap<>();
    for (CurationRecord r : PassOverShards.run(step, cut, batch, folder)) byId.put(r.id(), r);
    return byId;
  }

  @Test
  void frequenciesAreOverTheWholeData() throws IOException {
    ResampleStep step = new ResampleStep(VOCABULARY, new ResamplingGoal.Threshold(60), ResamplingLaw.RECIPROCAL, 0, 5);
    Map<String, CurationRecord> result = run(step, samples(), 4, 7);
    assertEquals(0.1, result.get("key 0").scores().get(ResampleStep.SCORE), 1e-12);
    assertEquals(0.2, result.get("key 700").scores().get(ResampleStep.SCORE), 1e-12);
    for (int i = 900; i < 906; i++) assertTrue(result.get("key " + i).kept());
    for (int i = 906; i < 1000; i++) assertEquals(new Drop("resample", "no-vocabulary-entry"), result.get("key " + i).drop());
    long cats = result.values().stream().filter(r -> r.kept() && r.caption().equals("a cat.")).count();
    assertEquals(60, cats, 4 * Math.sqrt(600 * 0.1 * 0.9));
  }

  @Test
  void shardsOrderAndBatchesDoNotMatter() throws IOException {
    ResampleStep step = new ResampleStep(VOCABULARY, new ResamplingGoal.Size(200), ResamplingLaw.SQUARE_ROOT, 0, 5);
    List<Input> inputs = samples();
    Map<String, CurationRecord> one = run(step, inputs, 1, 1000);
    List<Input> shuffled = new ArrayList<>(inputs);
    Collections.shuffle(shuffled, new Random(1));
    assertEquals(one, run(step, shuffled, 9, 3));
    long kept = one.values().stream().filter(CurationRecord::kept).count();
    // Expected 200; each of 900 draws has a variance of at most 0.2.
    assertEquals(200, kept, 4 * Math.sqrt(900 * 0.2));
    ResampleStep other = new ResampleStep(VOCABULARY, new ResamplingGoal.Size(200), ResamplingLaw.SQUARE_ROOT, 0, 6);
    assertNotEquals(one, run(other, inputs, 1, 1000));
    assertNotEquals(step.settings(), other.settings());
  }

  @Test
  void nothingToBalance() throws IOException {
    ResampleStep step = new ResampleStep(VOCABULARY, new ResamplingGoal.Size(5), ResamplingLaw.SQUARE_ROOT, 0, 5);
    assertEquals(0, run(step, samples().subList(950, 1000), 2, 8).values().stream().filter(CurationRecord::kept).count());
    assertEquals(Map.of(), run(step, List.of(), 1, 1));
  }
}

package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.exact.TinyCorpus;
import io.llama3v.train.exact.TinyRun;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Going on with a run after something changed, or was damaged. */
class ResumeTest {
  @TempDir
  Path folder;
  private TinyRun run;

  /** A language model, and a CLIP stage that has trained six steps and was about to be marked as done. */
  @BeforeEach
  void begin() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    run = TinyRun.create(folder.resolve("config.yaml"), folder.resolve("run"), folder.resolve("corpus"));
    assertRuns(6);
    Files.delete(run.folder().resolve("clip/done.json"));
    assertEquals(List.of(6L, 3L), steps());
  }

  private Run resume(int steps, String... more) {
    List<String> all = new ArrayList<>(List.of("run", run.config().toString(), "stages=[language-model, clip]",
        "language_model.training.steps=3", "clip.training.steps=" + steps));
    all.addAll(List.of(more));
    return Run.of(all.toArray());
  }

  private void assertRuns(int steps, String... more) {
    Run done = resume(steps, more);
    assertEquals(0, done.code(), done.err());
  }

  private List<Long> steps() throws IOException {
    return new CheckpointStore(run.checkpoints("clip"), 2).steps();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  @Test
  void changesAreRefusedFieldByFieldUnlessAllowedAndThenRecorded() throws IOException {
    // One bit of a picture in the middle of a shard: lengths stay.
    try (RandomAccessFile bytes = new RandomAccessFile(folder.resolve("corpus/icons/train-000001.tar").toFile(), "rw")) {
      bytes.seek(600);
      int old = bytes.read();
      bytes.seek(600);
      bytes.write(old ^ 1);
    }
    Run refused = resume(8, "clip.training.learning_rate=0.004");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("\n  clip.training.steps was 6, is now 8"), refused.err());
    assertTrue(refused.err().contains("\n  clip.training.learning_rate was 0.005, is now 0.004"), refused.err());
    assertTrue(refused.err().contains("\n  data was "), refused.err());
    assertFalse(refused.err().contains("\n  code was"), refused.err());
    assertEquals(List.of(6L, 3L), steps(), "what is refused changes nothing");
    assertFalse(Files.exists(run.folder().resolve("clip/done.json")));

    assertEquals(1, resume(8, "--allow-change=data").code(), "one is not enough");
    assertRuns(8, "--allow-change=clip.training.steps,data");
    List<String> recorded = texts(Json.read(run.folder().resolve("clip/done.json")).path("changes"));
    assertEquals(2, recorded.size(), recorded.toString());
    assertEquals("after step 6: clip.training.steps was 6, is now 8", recorded.get(0));
    assertTrue(recorded.get(1).startsWith("after step 6: data was "), recorded.get(1));
    Run inspected = Run.of("inspect", run.checkpoints("clip").resolve("step_8"));
    assertTrue(inspected.out().contains("allowed change after step 6: clip.training.steps was 6, is now 8"), inspected.out());
  }

  @Test
  void aFinishedStageRemembersSettingsAndCode() throws IOException {
    assertRuns(6);
    Path marker = run.folder().resolve("language-model/done.json");
    String code = Json.read(marker).path("settings").path("code").asText();
    assertTrue(code.matches(".+\\+[0-9a-f]{12}"), code);
    Files.writeString(marker, Files.readString(marker).replace(code, "0.0.1+000000000000"));
    Run refused = resume(6, "language_model.hidden=24");
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("\n  code was 0.0.1+000000000000, is now " + code), refused.err());
    assertTrue(refused.err().contains("\n  language_model.hidden was 16, is now 24"), refused.err());

    assertRuns(6, "--allow-change=code");
    JsonNode after = Json.read(marker);
    assertEquals(List.of("after the stage was done: code was 0.0.1+000000000000, is now " + code), texts(after.path("changes")));
    assertEquals("0.0.1+000000000000", after.path("settings").path("code").asText(), "what it was made with stays");
    assertRuns(6);
    assertEquals(1, texts(Json.read(marker).path("changes")).size(), "allowed once, recorded once");
  }

  @Test
  void aDamagedCheckpointIsNamedAndPassedOverOnRequestOnly() throws IOException {
    Path damaged = run.checkpoints("clip").resolve("step_6/optimizer.safetensors");
    byte[] bytes = Files.readAllBytes(damaged);
    bytes[bytes.length - 5] ^= 16;
    Files.write(damaged, bytes);
    Run strict = resume(6);
    assertEquals(1, strict.code());
    assertTrue(strict.err().contains("step_6: optimizer.safetensors was changed after it was written"), strict.err());
    assertTrue(strict.err().contains("--resume=auto"), strict.err());
    assertRuns(6, "--resume=auto");
    assertEquals(List.of(6L, 3L), steps());
    assertTrue(Files.exists(run.checkpoints("clip").resolve("damaged_step_6")), "what was passed over is kept");
  }

  @Test
  void neverFromScratchByItself() throws IOException {
    for (long step : steps()) Files.delete(run.checkpoints("clip").resolve("step_" + step).resolve("weights.safetensors"));
    for (String mode : new String[] {"--resume=strict", "--resume=auto"}) {
      Run refused = resume(6, mode);
      assertEquals(1, refused.code(), mode);
      assertTrue(refused.err().contains("weights.safetensors is missing"), refused.err());
    }
    for (long step : steps()) AtomicFiles.deleteTree(run.checkpoints("clip").resolve("step_" + step));
    assertEquals(1, resume(6, "--resume=auto").code(), "the file 'latest' names a checkpoint");
  }
}

package io.llama3v.train.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.checkpoint.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command does when it is asked to end or to save, and when it is not alone. */
class InterruptionTest {

  @TempDir
  Path folder;
  private TinyRun run;

  @BeforeEach
  void write() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    run = TinyRun.create(folder.resolve("config.yaml"), folder.resolve("run"), folder.resolve("corpus"));
  }

  /** More steps than the test waits for, and no checkpoint that it has not asked for. */
  private Child start() throws IOException {
    return Child.llama3v("run", run.config().toString(), "stages=[language-model, clip]", "clip.training.steps=100000",
        "clip.training.checkpoint_every=100000");
  }

  private long saved() throws IOException {
    List<Long> steps = new CheckpointStore(run.checkpoints("clip"), 2).steps();
    return steps.isEmpty() ? -1 : steps.get(0);
  }

  @Test
  void signalsSaveAndLeaveAndASecondProcessIsRefused() throws IOException, InterruptedException {
    try (Child first = start()) {
      assertTrue(first.awaitFile(() -> run.step("clip") >= 3), first::output);
      try (Child second = start()) {
        assertEquals(1, second.exit());
        assertTrue(second.said("process " + first.pid() + " is at work in this folder"), second::output);
      }
      Path request = Files.createFile(run.folder().resolve("checkpoint-now"));
      assertTrue(first.await(() -> !Files.exists(request)), first::output);
      long asked = saved();
      assertTrue(asked >= 3, "saved on request at step " + asked);
      first.signal("TERM");
      assertEquals(143, first.exit(), first::output);
      assertTrue(first.said("was asked to stop"), first::output);
      assertTrue(saved() > asked, "saved at step " + saved());
      assertEquals(run.step("clip"), saved(), "the step that was logged last is the one that was saved");
    }
    assertEquals("", Files.readString(run.folder().resolve("run.lock")), "nothing stale is left");
    long before = saved();
    try (Child again = start()) {
      assertTrue(again.awaitFile(() -> run.step("clip") > before + 2), again::output);
      assertTrue(again.said("goes on from"), again::output);
      boolean interrupts = !ignoresInterrupts();
      again.signal(interrupts ? "INT" : "TERM");
      assertEquals(interrupts ? 130 : 143, again.exit(), again::output);
      assertTrue(saved() > before);
    }
  }

  /** A shell has what it runs in the background ignore Ctrl-C, and children do as their parents: then a test of it would wait for ever. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) return false;
    return Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1L << 1) != 0);
  }
}

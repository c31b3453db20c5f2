package io.llama3v.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
  @TempDir Path folder;

  /** Takes the lock in another process, says so, and waits for a line. */
  public static void main(String[] args) throws IOException {
    try (RunLock lock = RunLock.acquire(Path.of(args[0]))) {
      System.out.println("locked " + lock.file());
      System.in.read();
    }
  }

  @Test
  void aSecondRunIsRefusedAndTold() throws IOException {
    String pid = String.valueOf(ProcessHandle.current().pid());
    try (RunLock lock = RunLock.acquire(folder)) {
      assertEquals(pid, Files.readString(lock.file()));
      assertTrue(assertThrows(RunLockedException.class, () -> RunLock.acquire(folder)).getMessage().contains("process " + pid));
    }
    RunLock.acquire(folder).close();
  }

  @Test
  void whatAKilledProcessHeldIsTakenOver() throws IOException, InterruptedException {
    Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
        System.getProperty("java.class.path"), RunLockTest.class.getName(), folder.toString()).redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    try {
      assertEquals('l', other.getInputStream().read());
      assertTrue(assertThrows(RunLockedException.class, () -> RunLock.acquire(folder)).getMessage().contains("process " + other.pid()));
    } finally {
      other.destroyForcibly();
      assertTrue(other.waitFor(30, TimeUnit.SECONDS));
    }
    assertEquals(String.valueOf(other.pid()), Files.readString(folder.resolve("run.lock")));
    RunLock.acquire(folder).close();
  }
}

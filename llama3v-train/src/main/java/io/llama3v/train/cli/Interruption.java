package io.llama3v.train.cli;

import io.llama3v.train.loop.StopSignal;
import io.llama3v.train.stage.TrainingStoppedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes SIGTERM and Ctrl-C save and leave while a command trains. The virtual machine runs shutdown hooks on either and then ends with
 * 143 or 130: the hook asks the loop at work to stop and waits until its command has ended. Where nothing trains there is nothing to
 * save, and the process ends at once, as it does on a third kind of end, SIGKILL.
 */
final class Interruption implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);
  private static final int STOPPED = 130;
  /** A step and a save take longer than this only where whoever sent the signal has long sent SIGKILL. */
  private static final long PATIENCE_MINUTES = 60;

  private final StopSignal stop = new StopSignal();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::leave, "save-and-leave");

  private volatile boolean failed;

  private Interruption() {}

  /** What a command does while it listens. */
  @FunctionalInterface
  interface Work {
    void run(StopSignal stop) throws IOException;
  }

  /**
   * Does a command's work; returns 0, or {@value #STOPPED} if it was asked to stop, and then says so. Where it was asked and failed
   * instead, as on a full disk, it says that and returns 1.
   */
  static int guard(PrintWriter err, Work work) throws IOException {
    try (Interruption interruption = new Interruption()) {
      Runtime.getRuntime().addShutdownHook(interruption.hook);
      try {
        work.run(interruption.stop);
        return 0;
      } catch (TrainingStoppedException stopped) {
        // Here, and not where other errors are told: once this is closed the process may be gone.
        err.println(stopped.getMessage());
        err.flush();
        return STOPPED;
      } catch (IOException | RuntimeException unsaved) {
        if (!interruption.stop.requested()) throw unsaved;
        interruption.failed = true;
        err.println("error: asked to end, and could not save: " + Errors.message(unsaved));
        err.flush();
        return Errors.FAILED;
      }
    }
  }

  private void leave() {
    if (!stop.request()) return;
    LOG.info("asked to end: saving after this step");
    try {
      if (!ended.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) LOG.warn("not saved after {} minutes; ending all the same", PATIENCE_MINUTES);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    // Whoever sent the signal takes 143 to mean that all is saved.
    if (failed) Runtime.getRuntime().halt(Errors.FAILED);
  }

  /** The command has ended and said what it had to say. */
  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      LOG.debug("the hook is at work", shuttingDown);
    }
  }
}

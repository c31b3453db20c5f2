package io.llama3v.train.exact;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A virtual machine of its own that runs a main class with the tests' class path. Its output is collected line by line. */
public final class Child implements AutoCloseable {
  private static final int DEADLINE_SECONDS = 1800;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;

  private Child(Process process) {
    this.process = process;
    this.reader = new Thread(this::read, "child output");
    reader.start();
  }

  public static Child start(Class<?> main, String... args) throws IOException {
    return start(main.getName(), List.of(args));
  }

  /** The real command line. */
  static Child llama3v(String... args) throws IOException {
    return start("io.llama3v.train.cli.Llama3vCommand", List.of(args));
  }

  private static Child start(String main, List<String> args) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules", "jdk.incubator.vector", "-Xmx512m", "-XX:+UseSerialGC", "-Dllama3v.threads=1", "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), main));
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("OMP_NUM_THREADS", "1");
    return new Child(builder.start());
  }

  private void read() {
    try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
      }
    } catch (IOException killed) {
      // The pipe of a killed process may end in an error.
    }
  }

  long pid() {
    return process.pid();
  }

  /** What it has said so far. */
  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  public boolean said(String text) {
    return output().contains(text);
  }

  /** Waits until something holds or the process ends; true if it is still alive then. */
  public boolean await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (process.isAlive() && !condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) throw new AssertionError("nothing happened for " + DEADLINE_SECONDS + " s:\n" + output());
      Thread.sleep(1);
    }
    return process.isAlive();
  }

  /** As {@link #await} on a condition that reads files. */
  boolean awaitFile(FileCondition condition) throws InterruptedException {
    return await(() -> {
      try {
        return condition.holds();
      } catch (IOException halfWritten) {
        throw new UncheckedIOException(halfWritten);
      }
    });
  }

  /** Something about files that may hold. */
  @FunctionalInterface
  interface FileCondition {
    boolean holds() throws IOException;
  }

  /** SIGKILL. */
  public int kill() throws InterruptedException {
    process.destroyForcibly();
    return exit();
  }

  /** Sends a signal by its name. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor();
  }

  /** Waits for its end and returns the exit code. */
  int exit() throws InterruptedException {
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) throw new AssertionError("no end in " + DEADLINE_SECONDS + " s:\n" + output());
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

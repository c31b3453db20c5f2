package io.llama3v.train.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process, native buffers included. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() { }

  /** Resident bytes from {@code /proc/self/status}; where there is none (macOS, Windows) the Java heap in use, which is less. */
  public static long residentBytes() {
    return statusBytes("VmRSS:");
  }

  /** Highest resident bytes so far; where the system does not tell, the Java heap in use. */
  public static long peakBytes() {
    return statusBytes("VmHWM:");
  }

  private static long statusBytes(String key) {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Not Linux: fall through to the heap.
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

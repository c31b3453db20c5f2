package io.llama3v.train.report;

import java.io.Console;

/** Tells whether somebody looks on, so that a line may be drawn over itself. */
final class Terminal {
  private Terminal() { }

  /** True where the process has a terminal. */
  static boolean isThere() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // From Java 22 on there may be a console without a terminal, and this method to tell; before, there is not.
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException olderJava) {
      return true;
    } catch (ReflectiveOperationException hidden) {
      return false;
    }
  }
}

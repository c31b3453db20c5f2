package io.llama3v.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a library that does not load is called in the message: the texts are those of the dynamic loader of Linux and of JavaCPP. */
class NvidiaCheckTest {
  private static void says(String expected, Throwable failure) {
    String text = NvidiaCheck.explain(failure);
    assertTrue(text.contains(expected), text);
  }

  @Test
  void noDriver() {
    Throwable cause = new UnsatisfiedLinkError("/c/libjnicudart.so: libcuda.so.1: cannot open shared object file: No such file or directory");
    says("no NVIDIA driver", new UnsatisfiedLinkError("no jnicudart in java.library.path: /usr/lib").initCause(cause));
  }

  @Test
  void noToolkit() {
    Throwable cause = new UnsatisfiedLinkError("/c/libjnicublas.so: libcublas.so.13: cannot open shared object file");
    says("LD_LIBRARY_PATH", new UnsatisfiedLinkError("no jnicublas in java.library.path").initCause(cause));
  }

  @Test
  void noNativePart() {
    says("-Pcuda", new UnsatisfiedLinkError("no jnicudart in java.library.path: /usr/lib"));
  }
}

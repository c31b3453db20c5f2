package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir
  Path folder;

  @Test
  void writesAndReplaces() throws IOException {
    Path file = folder.resolve("latest");
    AtomicFiles.writeString(file, "step_1 \u00e9");
    AtomicFiles.writeStream(file, new ByteArrayInputStream(new byte[100_000]));
    assertEquals(100_000, Files.size(file));
    AtomicFiles.writeBytes(file, new byte[] {1, 2});
    assertEquals(2, Files.size(file));
    assertEquals(1, count());
  }

  @Test
  void aFailedWriteChangesNothing() throws IOException {
    Path file = folder.resolve("latest");
    AtomicFiles.writeString(file, "step_1");
    IOException full = new IOException("disk full");
    assertEquals(full, assertThrows(IOException.class, () -> AtomicFiles.write(file, channel -> {
      AtomicFiles.writeFully(channel, java.nio.ByteBuffer.wrap(new byte[10]));
      throw full;
    })));
    assertEquals("step_1", Files.readString(file));
    assertEquals(1, count());
  }

  @Test
  void copiesAndDeletesTrees() throws IOException {
    Path source = Files.createDirectories(folder.resolve("a/b/c"));
    Files.writeString(source.resolve("x"), "x");
    Files.createSymbolicLink(folder.resolve("a/link"), Path.of("b/c/x"));
    AtomicFiles.copyTree(folder.resolve("a"), folder.resolve("copy"));
    assertEquals("x", Files.readString(folder.resolve("copy/b/c/x")));
    assertTrue(Files.isSymbolicLink(folder.resolve("copy/link")));
    assertThrows(FileAlreadyExistsException.class,
        () -> AtomicFiles.copyTree(folder.resolve("a"), folder.resolve("copy")));
    assertEquals(2, count());
    AtomicFiles.deleteTree(folder.resolve("copy"));
    AtomicFiles.deleteTree(folder.resolve("copy"));
    assertEquals(1, count());
    AtomicFiles.copyTree(folder.resolve("a/b/c/x"), folder.resolve("y"));
    assertEquals("x", Files.readString(folder.resolve("y")));
  }

  private long count() throws IOException {
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }
}

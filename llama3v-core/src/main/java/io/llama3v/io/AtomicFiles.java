package io.llama3v.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Files that appear whole or not at all, even when the process is killed or the power fails: written beside their
 * place under another name, forced to disk, renamed in one step, and the folder's entry forced to disk too.
 */
public final class AtomicFiles {
  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

  private AtomicFiles() {}

  /** Produces a file's content. */
  @FunctionalInterface
  public interface Body {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** Writes or replaces {@code target}; when {@code body} throws, what was there before stays as it was. */
  public static void write(Path target, Body body) throws IOException {
    Path temporary = temporarySibling(target);
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        body.writeTo(channel);
        channel.force(true);
      }
      publish(temporary, target);
    } catch (Throwable failed) {
      deleteAfter(failed, temporary);
      throw failed;
    }
  }

  /** Writes or replaces a file of UTF-8 text. */
  public static void writeString(Path target, CharSequence text) throws IOException {
    writeBytes(target, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Writes or replaces a file. */
  public static void writeBytes(Path target, byte[] bytes) throws IOException {
    write(target, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
  }

  /** Writes or replaces a file with all that the stream holds. The stream is left open. */
  public static void writeStream(Path target, InputStream stream) throws IOException {
    write(target, channel -> {
      byte[] chunk = new byte[1 << 16];
      for (int n; (n = stream.read(chunk)) >= 0;) {
        writeFully(channel, ByteBuffer.wrap(chunk, 0, n));
      }
    });
  }

  /** Writes all that remains in {@code bytes}; a channel may take less at a time. */
  public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Copies a file or a folder with all that is in it; {@code target} must not exist yet, and appears at once. Symbolic
   * links are followed at the top and copied as links below it.
   */
  public static void copyTree(Path source, Path target) throws IOException {
    Path temporary = temporarySibling(target);
    try {
      Path root = source.toRealPath();
      Files.walkFileTree(root, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
          Files.createDirectory(resolve(folder));
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Path copy = resolve(file);
          Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS);
          if (attributes.isRegularFile()) {
            forceFile(copy);
          }
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
          if (failed != null) {
            throw failed;
          }
          forceFolder(resolve(folder));
          return FileVisitResult.CONTINUE;
        }

        private Path resolve(Path path) {
          return path.equals(root) ? temporary : temporary.resolve(root.relativize(path));
        }
      });
      if (Files.exists(target)) {
        throw new FileAlreadyExistsException(target.toString());
      }
      publish(temporary, target);
    } catch (Throwable failed) {
      deleteAfter(failed, temporary);
      throw failed;
    }
  }

  /** A path beside {@code target}, on the same file system, that nobody else uses. */
  public static Path temporarySibling(Path target) {
    String nonce = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling("." + target.getFileName() + ".tmp-" + ProcessHandle.current().pid() + "-" + nonce);
  }

  /**
   * Renames {@code temporary}, whose content is already on disk, to {@code target} in one step, replacing a file (or
   * an empty folder) of that name, and forces the folder's entry to disk.
   */
  public static void publish(Path temporary, Path target) throws IOException {
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    forceFolder(target.toAbsolutePath().getParent());
  }

  /** Forces a file's content to disk, for {@link #publish} of files that something else has written. */
  public static void forceFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Forces a folder's entries to disk, so that a rename in it survives a power failure. */
  public static void forceFolder(Path folder) throws IOException {
    if (WINDOWS) {
      return; // Windows does not open folders as files, and journals its renames
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Deletes a file, or a folder and all that is in it, if it is there. Links are deleted, not followed. */
  public static void deleteTree(Path path) throws IOException {
    try {
      Files.walkFileTree(path, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.delete(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
          if (failed != null) {
            throw failed;
          }
          Files.delete(folder);
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (NoSuchFileException absent) {
      // there is nothing to delete
    }
  }

  private static void deleteAfter(Throwable failed, Path temporary) {
    try {
      deleteTree(temporary);
    } catch (IOException alsoFailed) {
      failed.addSuppressed(alsoFailed);
    }
  }
}

package io.llama3v.train.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second process out of a run's folder. The file {@code run.lock} holds the owner's process id, for people; what keeps
 * others out is the operating system's lock on it, which ends with its owner however that dies, so that a lock left behind is
 * simply taken over.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);
  /** A byte far beyond the text, since Windows does not let others read what is locked. */
  private static final long LOCKED_BYTE = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final FileLock lock;

  private RunLock(Path file, FileChannel channel, FileLock lock) {
    this.file = file;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the lock of a folder, which is made where it is missing.
   *
   * @throws RunLockedException if another run, in this process or another, holds it
   */
  public static RunLock acquire(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("run.lock");
    FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = tryLock(channel);
      String owner = read(channel);
      if (lock == null) throw new RunLockedException(file, owner);
      if (!owner.isEmpty()) LOG.warn("{}: process {} ended without giving up its lock; taking it over", file, owner);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)), 0);
      return new RunLock(file, channel, lock);
    } catch (IOException | RuntimeException failed) {
      channel.close();
      throw failed;
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException ownProcess) {
      return null;
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(32);
    channel.read(text, 0);
    return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
  }

  /** The file {@code run.lock}. */
  public Path file() {
    return file;
  }

  /** Gives the lock up. */
  @Override
  public void close() throws IOException {
    try (channel) {
      // The file stays: deleting it would let two processes lock two files of one name.
      channel.truncate(0);
      lock.release();
    }
  }
}

package io.llama3v.data.shard;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleName;
import io.llama3v.io.AtomicFiles;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes samples to {@code NAME-000000.tar, NAME-000001.tar, …}. A shard appears under its name only when it is
 * complete (temporary file, fsync, rename), and the same samples give the same bytes: owner 0, mode 644, time 0.
 * One thread.
 */
public final class TarShardWriter implements AutoCloseable {
  private static final byte[] ZEROS = new byte[1024];
  private final Path folder;
  private final String name;
  private final int maxSamples;
  private final long maxBytes;
  private final List<Path> published = new ArrayList<>();
  private int shard;
  private Path temporary;
  private FileOutputStream file;
  private OutputStream out;
  private int samples;
  private long bytes;

  public TarShardWriter(Path folder, String name, int maxSamples, long maxBytes) throws IOException {
    this(folder, name, 0, maxSamples, maxBytes);
  }

  /**
   * @param firstShard number of the first shard, so that several writers can share a folder
   * @param maxSamples samples in a shard, at most
   * @param maxBytes   a shard is closed before it would grow past this, but holds at least one sample
   */
  public TarShardWriter(Path folder, String name, int firstShard, int maxSamples, long maxBytes) throws IOException {
    if (maxSamples < 1 || maxBytes < 1) {
      throw new IllegalArgumentException("a shard must hold at least one sample and one byte");
    }
    this.folder = Files.createDirectories(folder);
    this.name = name;
    this.shard = firstShard;
    this.maxSamples = maxSamples;
    this.maxBytes = maxBytes;
  }

  /**
   * Appends one sample. After any exception but the first below the open shard is discarded and the writer is of no more use.
   *
   * @throws IllegalArgumentException if its names would not be read back; nothing has changed then
   */
  public void write(Sample sample) throws IOException {
    long length = 0;
    for (Map.Entry<String, byte[]> member : sample.members().entrySet()) {
      check(sample.key(), member.getKey());
      length += 512 + (member.getValue().length + 511L & ~511L);
    }
    if (out != null && (samples == maxSamples || bytes + length > maxBytes)) {
      publish();
    }
    try {
      if (out == null) {
        temporary = AtomicFiles.temporarySibling(folder.resolve(fileName())); // another process may be writing the same shard
        file = new FileOutputStream(temporary.toAbsolutePath().toFile());
        out = new BufferedOutputStream(file, 1 << 16);
      }
      for (Map.Entry<String, byte[]> member : sample.members().entrySet()) {
        append(sample.key() + "." + member.getKey(), member.getValue());
      }
      samples++;
      bytes += length;
    } catch (IOException | RuntimeException e) {
      discard();
      throw e;
    }
  }

  /** The shards published so far, in order. */
  public List<Path> published() {
    return List.copyOf(published);
  }

  /**
   * Publishes the last shard. Where the samples that are still to come cannot be had, call {@link #discard} first, or a part of a shard is
   * published as if it were whole.
   */
  @Override
  public void close() throws IOException {
    if (out != null) {
      publish();
    }
  }

  private static void check(String key, String extension) {
    String member = key + "." + extension;
    SampleName parsed = SampleName.parse(member).orElse(null);
    if (parsed == null || !parsed.key().equals(key) || !parsed.extension().equals(extension)) {
      throw new IllegalArgumentException("'" + member + "' would not be read back as member '" + extension
          + "' of sample '" + key + "': no dots in the base name of a key, extensions in lower case");
    }
  }

  private String fileName() {
    return String.format(Locale.ROOT, "%s-%06d.tar", name, shard);
  }

  private void append(String member, byte[] data) throws IOException {
    byte[] path = member.getBytes(StandardCharsets.UTF_8);
    if (path.length > 100) {
      byte[] record = paxRecord("path=" + member);
      header("PaxHeaders/path".getBytes(StandardCharsets.UTF_8), record.length, 'x');
      padded(record);
    }
    header(path, data.length, '0');
    padded(data);
  }

  private static byte[] paxRecord(String body) {
    int bare = body.getBytes(StandardCharsets.UTF_8).length + 2; // a blank and a newline
    int length = bare + 1;
    while (Integer.toString(length).length() + bare != length) {
      length++;
    }
    return (length + " " + body + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private void header(byte[] path, long size, char type) throws IOException {
    byte[] block = new byte[512];
    System.arraycopy(path, 0, block, 0, Math.min(path.length, 100));
    octal(block, 100, 8, 0644);
    octal(block, 108, 8, 0);
    octal(block, 116, 8, 0);
    octal(block, 124, 12, size);
    octal(block, 136, 12, 0);
    block[156] = (byte) type;
    System.arraycopy("ustar\00000".getBytes(StandardCharsets.US_ASCII), 0, block, 257, 8);
    Arrays.fill(block, 148, 156, (byte) ' ');
    long sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(block, 148, 7, sum);
    out.write(block);
  }

  private static void octal(byte[] block, int offset, int length, long value) {
    long rest = value;
    for (int i = offset + length - 2; i >= offset; i--, rest >>>= 3) {
      block[i] = (byte) ('0' + (rest & 7));
    }
    block[offset + length - 1] = 0;
  }

  private void padded(byte[] data) throws IOException {
    out.write(data);
    out.write(ZEROS, 0, -data.length & 511);
  }

  private void publish() throws IOException {
    Path target = folder.resolve(fileName());
    try {
      out.write(ZEROS); // two zero blocks end an archive
      out.flush();
      file.getFD().sync();
      out.close();
      out = null;
      AtomicFiles.publish(temporary, target);
    } catch (IOException | RuntimeException e) {
      discard();
      throw e;
    }
    published.add(target);
    shard++;
    samples = 0;
    bytes = 0;
  }

  /** Gives up the open shard, if there is one; those published stay. */
  public void discard() throws IOException {
    if (out != null) {
      file.close();
      out = null;
    }
    if (temporary != null) {
      Files.deleteIfExists(temporary);
    }
  }
}

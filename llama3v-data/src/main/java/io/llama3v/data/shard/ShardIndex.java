package io.llama3v.data.shard;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleName;
import io.llama3v.data.sample.SampleSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Where every sample of a list of tar shards lies, so that any one is read with a single positional read. Building it
 * reads headers only. Holds 16 bytes and the key for each sample. Safe for several threads.
 *
 * <p>What is damaged, too large or no sample is left out and counted in {@link #report()}.
 */
public final class ShardIndex implements SampleSource, AutoCloseable {
  private final String description;
  private final List<Path> files;
  private final FileChannel[] channels;
  private final ShardLimits limits;
  private final ShardReport report = new ShardReport();
  private String[] keys = new String[1024];
  private int[] shards = new int[1024];
  private long[] starts = new long[1024];
  private int[] lengths = new int[1024];
  private int size;

  /** Opens the shards named by a {@link ShardPattern}, stopping at damage. */
  public static ShardIndex open(String pattern) throws IOException {
    return new ShardIndex(pattern, ShardPattern.expand(pattern), DamagePolicy.STOP, ShardLimits.DEFAULT);
  }

  public static ShardIndex open(List<Path> files, DamagePolicy policy) throws IOException {
    return new ShardIndex(files.size() == 1 ? files.get(0).toString() : files.size() + " shards", files, policy,
        ShardLimits.DEFAULT);
  }

  /**
   * @param description name for messages
   * @throws ShardException where an archive is damaged, under {@link DamagePolicy#STOP}
   */
  public ShardIndex(String description, List<Path> files, DamagePolicy policy, ShardLimits limits) throws IOException {
    this.description = description;
    this.files = List.copyOf(files);
    this.limits = limits;
    this.channels = new FileChannel[files.size()];
    try {
      for (int i = 0; i < channels.length; i++) {
        channels[i] = FileChannel.open(files.get(i), StandardOpenOption.READ);
        scan(i, policy);
      }
    } catch (IOException | RuntimeException e) {
      try (this) {
        throw e;
      }
    }
  }

  private void scan(int shard, DamagePolicy policy) throws IOException {
    String file = files.get(shard).toString();
    MemberFilter filter = new MemberFilter(file, limits, report);
    TarScanner scanner = new TarScanner(TarInput.of(channels[shard]), file, limits);
    String key = null;
    long start = 0;
    long end = 0;
    boolean rejected = false;
    Set<String> extensions = new HashSet<>();
    try {
      for (TarMember member = scanner.next(); member != null; member = scanner.next()) {
        SampleName name = filter.sampleName(member).orElse(null);
        if (name == null) {
          continue;
        }
        boolean tooLarge = filter.tooLarge(member);
        scanner.skipData(); // notices a size that leads past the end
        if (key == null || !key.equals(name.key()) || extensions.contains(name.extension())) {
          add(shard, key, start, end, rejected);
          key = name.key();
          start = member.headerOffset();
          rejected = false;
          extensions.clear();
        }
        extensions.add(name.extension());
        end = member.dataOffset() + member.paddedSize();
        rejected |= tooLarge;
      }
      add(shard, key, start, end, rejected);
    } catch (ShardException e) {
      if (policy == DamagePolicy.STOP) {
        throw e;
      }
      report.count("damaged archive", e.getMessage());
      if (key != null) {
        report.count("sample lost to damage", file + ": " + key); // it may lack members: not to be trusted
      }
    }
  }

  private void add(int shard, String key, long start, long end, boolean rejected) {
    if (key == null) {
      return;
    }
    if (rejected || end - start > limits.maxSampleBytes()) {
      report.count("sample over the limit", files.get(shard) + ": " + key);
      return;
    }
    if (size == keys.length) {
      int capacity = size + (size >> 1);
      keys = Arrays.copyOf(keys, capacity);
      shards = Arrays.copyOf(shards, capacity);
      starts = Arrays.copyOf(starts, capacity);
      lengths = Arrays.copyOf(lengths, capacity);
    }
    keys[size] = key;
    shards[size] = shard;
    starts[size] = start;
    lengths[size++] = (int) (end - start);
  }

  @Override
  public long size() {
    return size;
  }

  /** The key of a sample, without reading it. */
  public String key(long index) {
    return keys[check(index)];
  }

  /** The shard that holds a sample. */
  public Path file(long index) {
    return files.get(shards[check(index)]);
  }

  public List<Path> files() {
    return files;
  }

  /** What was left out. */
  public ShardReport report() {
    return report;
  }

  @Override
  public Sample read(long index) throws IOException {
    int i = check(index);
    FileChannel channel = channels[shards[i]];
    if (starts[i] + lengths[i] > channel.size()) {
      throw new ShardException(files.get(shards[i]).toString(), starts[i],
          "the file became shorter since it was indexed");
    }
    byte[] range = new byte[lengths[i] + TarScanner.BLOCK]; // a zero block behind it ends the archive
    TarInput.readFully(channel, range, lengths[i], starts[i]);
    String place = files.get(shards[i]) + "[" + starts[i] + "…]";
    try (TarShardReader reader = new TarShardReader(new ByteArrayInputStream(range), place, DamagePolicy.STOP, limits,
        new ShardReport())) {
      Sample sample = reader.next();
      if (sample == null || !sample.key().equals(keys[i])) {
        throw new ShardException(files.get(shards[i]).toString(), starts[i],
            "sample '" + keys[i] + "' is no longer here: the file changed since it was indexed");
      }
      return sample;
    }
  }

  /** SHA-256 over every sample's key, place and length, and over the shards' bytes: all of a gibibyte, evenly spread ones of more. */
  @Override
  public String fingerprint() throws IOException {
    ShardFingerprint print = new ShardFingerprint();
    for (int i = 0; i < size; i++) {
      print.sample(keys[i], shards[i], starts[i], lengths[i]);
    }
    print.bytes(channels);
    return print.hex();
  }

  /** All samples in archive order, read one by one as the list is walked. */
  public Iterable<Sample> all() {
    return () -> new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public Sample next() {
        if (next >= size) {
          throw new NoSuchElementException();
        }
        try {
          return read(next++);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  @Override
  public String describe() {
    return description;
  }

  private int check(long index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(description + ": sample " + index + " of " + size);
    }
    return (int) index;
  }

  @Override
  public void close() throws IOException {
    List<IOException> failures = new ArrayList<>();
    for (FileChannel channel : channels) {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }
}

package io.llama3v.data.shard;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleName;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Streams the samples of one tar shard in archive order. Nothing is ever written to a path: names are keys, links and
 * devices are skipped and counted. A sample ends where the key changes or an extension repeats. For reading at random
 * see {@link ShardIndex}.
 */
public final class TarShardReader implements AutoCloseable {
  private static final String DAMAGED = "damaged archive";
  private static final String INCOMPLETE = "sample lost to damage";
  private static final String REJECTED = "sample over the limit";
  private final InputStream stream;
  private final TarScanner scanner;
  private final MemberFilter filter;
  private final ShardLimits limits;
  private final DamagePolicy policy;
  private final ShardReport report;
  private final String file;
  private SampleName pendingName;
  private byte[] pendingData;
  private long pendingStart;
  private boolean done;

  /** Opens a file with the default limits. */
  public static TarShardReader open(Path file, DamagePolicy policy) throws IOException {
    return new TarShardReader(new BufferedInputStream(Files.newInputStream(file), 1 << 16), file.toString(), policy,
        ShardLimits.DEFAULT, new ShardReport());
  }

  /**
   * @param stream tar bytes, already decompressed; closed with this reader
   * @param file   name for messages
   * @param report where everything left out is counted
   */
  public TarShardReader(InputStream stream, String file, DamagePolicy policy, ShardLimits limits, ShardReport report) {
    this.stream = stream;
    this.scanner = new TarScanner(TarInput.of(stream), file, limits);
    this.filter = new MemberFilter(file, limits, report);
    this.limits = limits;
    this.policy = policy;
    this.report = report;
    this.file = file;
  }

  /** What was left out so far. */
  public ShardReport report() {
    return report;
  }

  /**
   * The next sample, or null after the last one.
   *
   * @throws ShardException where the archive is damaged, under {@link DamagePolicy#STOP}
   */
  public Sample next() throws IOException {
    while (!done) {
      Sample sample = group();
      if (sample != null) {
        return sample;
      }
    }
    return null;
  }

  /** Collects one group; null when it was rejected or the archive ended. */
  private Sample group() throws IOException {
    String key = null;
    Map<String, byte[]> members = new LinkedHashMap<>();
    long start = 0;
    boolean rejected = false;
    try {
      if (pendingName != null) {
        key = pendingName.key();
        rejected = pendingData == null;
        members.put(pendingName.extension(), pendingData);
        start = pendingStart;
        pendingName = null;
        pendingData = null;
      }
      for (TarMember member = scanner.next(); member != null; member = scanner.next()) {
        SampleName name = filter.sampleName(member).orElse(null);
        if (name == null) {
          continue;
        }
        boolean tooLarge = filter.tooLarge(member);
        boolean starts = key != null && (!key.equals(name.key()) || members.containsKey(name.extension()));
        long first = key == null || starts ? member.headerOffset() : start;
        boolean fits = member.dataOffset() + member.paddedSize() - first <= limits.maxSampleBytes();
        byte[] data = fits && !tooLarge ? scanner.data(member) : null;
        scanner.skipData(); // what was not read: damage shows here, before the group is judged
        if (starts) {
          pendingName = name;
          pendingData = data;
          pendingStart = first;
          return finish(key, members, rejected);
        }
        key = name.key();
        start = first;
        rejected |= data == null;
        members.put(name.extension(), data);
      }
      done = true;
      return finish(key, members, rejected);
    } catch (ShardException e) {
      done = true;
      if (policy == DamagePolicy.STOP) {
        throw e;
      }
      report.count(DAMAGED, e.getMessage());
      if (key != null) {
        report.count(INCOMPLETE, file + ": " + key);
      }
      return null;
    }
  }

  private Sample finish(String key, Map<String, byte[]> members, boolean rejected) {
    if (key == null) {
      return null;
    }
    if (rejected) {
      report.count(REJECTED, file + ": " + key);
      return null;
    }
    return new Sample(key, members);
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}

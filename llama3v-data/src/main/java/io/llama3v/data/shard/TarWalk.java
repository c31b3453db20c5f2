package io.llama3v.data.shard;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleName;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Walks all that is in a tar shard, good or not, so that nothing is lost uncounted: samples, and what would be one if it were not
 * damaged or too large. After damage it goes on at the next header that has a right checksum; a member whose size lies loses only its
 * own sample, also where it swallows whole others: data with a header inside is taken for that, archives in archives excepted. Compressed archives ({@code .tar.gz}) end where they are damaged. The same file gives the same entries.
 */
public final class TarWalk implements AutoCloseable {
  /** One sample, or what is left of one. */
  public sealed interface Entry {}

  /** A sample that is whole, as far as the archive tells. */
  public record Good(Sample sample) implements Entry {}

  /**
   * A sample that cannot be used.
   *
   * @param key    its key, null where damage left none
   * @param reason {@value #DAMAGED}, {@value #TOO_LARGE} or {@value #BAD_NAME}
   * @param detail for people: where and what
   */
  public record Bad(String key, String reason, String detail) implements Entry {}

  public static final String DAMAGED = "damaged-archive";
  public static final String TOO_LARGE = "sample-too-large";
  /** A name that no key can be. */
  public static final String BAD_NAME = "name-unusable";
  private final String file;
  private final ShardLimits limits;
  private final ShardReport report = new ShardReport();
  private final MemberFilter filter;
  private final FileChannel channel; // null for compressed archives
  private final InputStream stream; // null for plain ones
  private TarScanner scanner;
  private TarMember pending; // the header that ended the last group
  private SampleName pendingName;
  private String lost; // key of the sample that damage took: its other members are no sample
  private boolean done;

  private TarWalk(Path path, ShardLimits limits) throws IOException {
    this.file = path.toString();
    this.limits = limits;
    this.filter = new MemberFilter(file, limits, report);
    boolean packed = path.getFileName().toString().endsWith("gz");
    this.channel = packed ? null : FileChannel.open(path, StandardOpenOption.READ);
    this.stream = packed ? new BufferedInputStream(new BoundedGzip(Files.newInputStream(path), file), 1 << 16) : null;
    this.scanner = new TarScanner(packed ? TarInput.of(stream) : TarInput.of(channel), file, limits);
  }

  /** Opens a {@code .tar}, {@code .tar.gz} or {@code .tgz}. */
  public static TarWalk open(Path path) throws IOException {
    return open(path, ShardLimits.DEFAULT);
  }

  /** Opens a shard with other limits. */
  public static TarWalk open(Path path, ShardLimits limits) throws IOException {
    return new TarWalk(path, limits);
  }

  /** Members that belong to no sample, counted by reason. */
  public ShardReport report() {
    return report;
  }

  /** The next entry, or null after the last one. */
  public Entry next() throws IOException {
    while (!done) {
      Entry entry = group();
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  private Entry group() throws IOException {
    String key = null;
    Map<String, byte[]> members = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    long start = 0;
    long lastData = 0;
    boolean rejected = false;
    while (true) {
      TarMember member = pending;
      SampleName name = pendingName;
      pending = null;
      try {
        if (member == null) {
          member = scanner.next();
          name = member == null ? null : filter.sampleName(member).orElse(null);
        }
        if (member == null) {
          done = true;
          return finish(key, members, rejected);
        }
        String unusable = name == null ? filter.unusable(member) : null;
        if (unusable != null && !unusable.equals(lost)) {
          if (key != null) {
            pending = member;
            return finish(key, members, rejected);
          }
          lost = unusable;
          return new Bad(TarScanner.printable(unusable), BAD_NAME, file + ": '" + TarScanner.printable(member.name())
              + "' has control characters in its name");
        }
        if (name == null || name.key().equals(lost)) {
          continue;
        }
      } catch (ShardException e) {
        resume(key, Math.max(lastData, e.offset()), lastData);
        return new Bad(key, DAMAGED, e.getMessage());
      }
      lost = null;
      if (key != null && (!key.equals(name.key()) || seen.contains(name.extension()))) {
        pending = member;
        pendingName = name;
        return finish(key, members, rejected);
      }
      start = key == null ? member.headerOffset() : start;
      key = name.key();
      lastData = member.dataOffset();
      seen.add(name.extension());
      boolean fits = !filter.tooLarge(member) && member.dataOffset() + member.paddedSize() - start <= limits.maxSampleBytes();
      try {
        long inside = -1;
        if (fits) {
          byte[] data = scanner.data(member);
          members.put(name.extension(), data);
          inside = name.extension().endsWith("tar") ? -1 : TarScanner.headerInside(data, file);
        } else if (channel != null) {
          long next = TarScanner.nextHeader(channel, file, member.dataOffset());
          inside = next >= 0 && next < member.dataOffset() + member.paddedSize() ? next - member.dataOffset() : -1;
        }
        if (inside >= 0) {
          throw new ShardException(file, member.dataOffset() + inside, "member '" + TarScanner.printable(member.name()) + "' claims "
              + member.size() + " bytes and so reaches over the next header: its size is wrong");
        }
        scanner.skipData();
      } catch (ShardException e) {
        resume(key, e.offset(), lastData);
        return new Bad(key, DAMAGED, e.getMessage());
      }
      if (!fits) {
        rejected = true;
        members.clear(); // what cannot be used need not be held
      }
    }
  }

  /** Continues behind damage; the last member's size may be what lied, so that the search begins at its data. */
  private void resume(String key, long damage, long lastData) throws IOException {
    lost = key;
    if (channel == null) {
      done = true;
      return;
    }
    long from = lastData > 0 ? lastData : damage + TarScanner.BLOCK;
    long next = TarScanner.nextHeader(channel, file, from);
    done = next < 0;
    if (!done) {
      scanner = new TarScanner(TarInput.of(channel, next), file, limits);
    }
  }

  private Entry finish(String key, Map<String, byte[]> members, boolean rejected) {
    if (key == null) {
      return null;
    }
    return rejected
        ? new Bad(key, TOO_LARGE, file + ": sample '" + TarScanner.printable(key) + "' is larger than " + limits.maxMemberBytes()
            + " bytes a member or " + limits.maxSampleBytes() + " bytes in all")
        : new Good(new Sample(key, members));
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    } else {
      stream.close();
    }
  }
}

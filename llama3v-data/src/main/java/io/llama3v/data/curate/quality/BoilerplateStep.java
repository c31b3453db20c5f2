package io.llama3v.data.curate.quality;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.HashList;
import io.llama3v.data.curate.PartData;
import io.llama3v.data.curate.ReduceContext;
import io.llama3v.data.curate.Reduction;
import io.llama3v.data.curate.Step;
import io.llama3v.tensor.Mix64;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Drops captions that too many samples share, such as "image may be subject to copyright": they say nothing of their picture. Captions
 * are compared in lower case, all numbers equal, punctuation at the ends left out. Needs some 20 bytes a caption in the
 * reducing process.
 */
public final class BoilerplateStep implements Step<BoilerplateStep.Shared> {
  private final BoilerplateConfig config;

  /** Hashes of captions that too many samples have, rising. */
  record Shared(long[] hashes) {}

  public BoilerplateStep(BoilerplateConfig config) {
    this.config = config;
  }

  @Override
  public String name() {
    return "boilerplate";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("config", config.toString(), "version", "1");
  }

  @Override
  public CurationRecord decide(CurationRecord record, Shared shared) {
    return CaptionFilter.apply(record, name(), caption -> Arrays.binarySearch(shared.hashes(), hash(caption)) < 0 ? null : "repeated-caption");
  }

  static long hash(String caption) {
    String even = caption.toLowerCase(Locale.ROOT).replaceAll("\\d+", "0").replaceAll("\\s+", " ");
    int from = 0;
    int to = even.length();
    while (from < to && !isSaid(even.codePointAt(from))) {
      from += Character.charCount(even.codePointAt(from));
    }
    while (to > from && !isSaid(even.codePointBefore(to))) {
      to -= Character.charCount(even.codePointBefore(to));
    }
    return Mix64.mix(even.substring(from, to));
  }

  private static boolean isSaid(int c) {
    return Character.isLetter(c) || c == '0';
  }

  @Override
  public Reduction<?, Shared> reduction() {
    return new Counts();
  }

  /** First the number of samples, then the hash of each caption of each sample. */
  private final class Counts implements Reduction<long[], Shared> {
    @Override
    public long[] map(Iterator<CurationRecord> shard) {
      HashList list = new HashList();
      long samples = 0;
      Set<Long> own = new HashSet<>();
      while (shard.hasNext()) {
        samples++;
        own.clear();
        shard.next().captions().forEach(caption -> own.add(hash(caption)));
        own.forEach(list::add);
      }
      list.add(samples);
      long[] part = list.toArray();
      Arrays.sort(part, 0, part.length - 1);
      return part;
    }

    @Override
    public Shared reduce(Iterable<long[]> parts, ReduceContext context) {
      HashList all = new HashList();
      long samples = 0;
      for (long[] part : parts) {
        samples += part[part.length - 1];
        all.addAll(Arrays.copyOf(part, part.length - 1));
      }
      double allowed = Math.max(config.maxCount(), config.maxFraction() * samples);
      long[] sorted = all.sorted();
      HashList shared = new HashList();
      for (int from = 0; from < sorted.length; ) {
        int to = from;
        while (to < sorted.length && sorted[to] == sorted[from]) {
          to++;
        }
        if (to - from > allowed) {
          shared.add(sorted[from]);
        }
        from = to;
      }
      return new Shared(shared.toArray());
    }

    @Override
    public void writePart(long[] part, DataOutput out) throws IOException {
      PartData.writeLongs(part, out);
    }

    @Override
    public long[] readPart(DataInput in) throws IOException {
      return PartData.readLongs(in);
    }

    @Override
    public void writeResult(Shared result, DataOutput out) throws IOException {
      PartData.writeLongs(result.hashes(), out);
    }

    @Override
    public Shared readResult(DataInput in) throws IOException {
      return new Shared(PartData.readLongs(in));
    }
  }
}

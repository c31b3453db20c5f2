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
import java.util.Iterator;
import java.util.Map;

/**
 * Of samples with the same id, keeps the first in the order of shards; the engine puts this step before the first reduction, because
 * everything behind it counts on ids being unique. Ids are compared by a 64-bit hash: of a billion different ones, one in forty runs
 * loses a sample to a collision, and the ledger says so. Needs some 20 bytes an id in the reducing process.
 */
public final class UniqueKeysStep implements Step<UniqueKeysStep.Repeated> {

  /** Hashes that occur more than once, rising, and for each the shard and index of the first. */
  record Repeated(long[] hashes, long[] firsts) {}

  @Override
  public String name() {
    return "keys";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("version", "1");
  }

  @Override
  public CurationRecord decide(CurationRecord record, Repeated repeated) {
    int at = Arrays.binarySearch(repeated.hashes(), Mix64.mix(record.id()));
    return at < 0 || repeated.firsts()[at] == place(record.shard(), record.index()) ? record : record.dropped(name(), "duplicate-key");
  }

  private static long place(int shard, int index) {
    return (long) shard << 32 | index;
  }

  @Override
  public Reduction<?, Repeated> reduction() {
    return new Keys();
  }

  /** Pairs of hash and place. */
  private static final class Keys implements Reduction<long[], Repeated> {
    @Override
    public long[] map(Iterator<CurationRecord> shard) {
      HashList list = new HashList();
      while (shard.hasNext()) {
        CurationRecord r = shard.next();
        list.add(Mix64.mix(r.id()));
        list.add(place(r.shard(), r.index()));
      }
      return list.toArray();
    }

    @Override
    public Repeated reduce(Iterable<long[]> parts, ReduceContext context) {
      HashList all = new HashList();
      for (long[] part : parts) {
        for (int i = 0; i < part.length; i += 2) {
          all.add(part[i]);
        }
      }
      long[] sorted = all.sorted();
      HashList twice = new HashList();
      for (int i = 1; i < sorted.length; i++) {
        if (sorted[i] == sorted[i - 1] && (i == 1 || sorted[i - 2] != sorted[i])) {
          twice.add(sorted[i]);
        }
      }
      long[] hashes = twice.toArray();
      long[] firsts = new long[hashes.length];
      Arrays.fill(firsts, Long.MAX_VALUE);
      for (long[] part : parts) {
        for (int i = 0; i < part.length; i += 2) {
          int at = Arrays.binarySearch(hashes, part[i]);
          if (at >= 0) {
            firsts[at] = Math.min(firsts[at], part[i + 1]);
          }
        }
      }
      return new Repeated(hashes, firsts);
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
    public void writeResult(Repeated result, DataOutput out) throws IOException {
      PartData.writeLongs(result.hashes(), out);
      PartData.writeLongs(result.firsts(), out);
    }

    @Override
    public Repeated readResult(DataInput in) throws IOException {
      return new Repeated(PartData.readLongs(in), PartData.readLongs(in));
    }
  }
}

package io.llama3v.data.curate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs one step over shards in memory, parts and result written and read back as an engine does. */
public final class PassOverShards {
  private PassOverShards() {}

  /** One sample: what is known of it, and its encoded picture or null. */
  public record Input(CurationRecord record, byte[] picture) {}

  /** The decided records, shard by shard. Batches hold {@code batch} samples. */
  public static <G> List<CurationRecord> run(Step<G> step, List<List<Input>> shards, int batch, Path scratch) throws IOException {
    List<List<CurationRecord>> measured = new ArrayList<>();
    for (List<Input> shard : shards) {
      List<CurationRecord> records = new ArrayList<>();
      for (int i = 0; i < shard.size(); i += batch) {
        records.addAll(step.measure(shard.subList(i, Math.min(shard.size(), i + batch)).stream()
            .map(in -> new Candidate(in.record(), in.picture())).toList()));
      }
      measured.add(records);
    }
    G global = step.reduction() == null ? null : reduce(step.reduction(), measured, scratch);
    List<CurationRecord> decided = new ArrayList<>();
    for (List<CurationRecord> shard : measured) {
      for (CurationRecord record : shard) decided.add(record.kept() ? step.decide(record, global).withoutFeatures() : record.withoutFeatures());
    }
    return decided;
  }

  private static <P, G> G reduce(Reduction<P, G> reduction, List<List<CurationRecord>> shards, Path scratch) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (List<CurationRecord> shard : shards) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      reduction.writePart(reduction.map(shard.stream().filter(CurationRecord::kept).iterator()), new DataOutputStream(bytes));
      files.add(bytes.toByteArray());
    }
    Iterable<P> parts = () -> files.stream().map(bytes -> {
      try {
        return reduction.readPart(new DataInputStream(new ByteArrayInputStream(bytes)));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }).iterator();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    reduction.writeResult(reduction.reduce(parts, new ReduceContext(2, scratch)), new DataOutputStream(bytes));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    G result = reduction.readResult(in);
    if (in.available() > 0) throw new IOException(in.available() + " bytes of the result were not read");
    return result;
  }
}

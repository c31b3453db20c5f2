package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
import io.llama3v.data.curate.input.RawWalk;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import java.io.IOException;

/** Writes one curated shard from the raw shards that its samples lie in. */
final class WriteTask {
  private final CurationJob job;
  private final ShardPlan plan;

  WriteTask(CurationJob job, ShardPlan plan) {
    this.job = job;
    this.plan = plan;
  }

  void run(int output) throws IOException {
    String name = job.config().output().name();
    try (TarShardWriter writer = new TarShardWriter(job.folder().shards(), name, output, plan.size(), Long.MAX_VALUE)) {
      try {
        for (ShardPlan.Slice slice : plan.slices(output)) {
          write(slice, writer);
        }
      } catch (Throwable failed) {
        discard(writer, failed); // closing it would publish the part of a shard, which later runs would take for a whole one
        throw failed;
      }
    }
  }

  private static void discard(TarShardWriter writer, Throwable failed) {
    try {
      writer.discard();
    } catch (IOException alsoFailed) {
      failed.addSuppressed(alsoFailed);
    }
  }

  private void write(ShardPlan.Slice slice, TarShardWriter writer) throws IOException {
    try (RecordFile.Reader reader = new RecordFile.Reader(job.folder().records(job.last(), slice.shard()));
        RawWalk walk = RawWalk.open(job.shards().get(slice.shard()))) {
      long kept = 0;
      for (CurationRecord r = reader.next(); r != null && kept < slice.to(); r = reader.next()) {
        if (!r.kept() || kept++ < slice.from()) {
          continue;
        }
        Sample raw = walk.seek(r.index(), r.key());
        byte[] picture = raw.image();
        for (Step<?> step : job.steps()) {
          picture = step.editsPictures() ? step.edit(r, picture) : picture;
        }
        writer.write(CuratedSample.of(r, raw, picture));
      }
    }
  }
}

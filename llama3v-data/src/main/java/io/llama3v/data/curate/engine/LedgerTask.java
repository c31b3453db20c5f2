package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.input.RawShard;
import io.llama3v.data.curate.ledger.LedgerRow;
import io.llama3v.data.curate.ledger.LedgerWriter;
import io.llama3v.data.curate.ledger.Tally;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.IOException;

/** Writes ledger and tally of one input shard. */
final class LedgerTask {
  private final CurationJob job;

  LedgerTask(CurationJob job) {
    this.job = job;
  }

  void run(int number) throws IOException {
    RunFolder folder = job.folder();
    RawShard shard = job.shards().get(number);
    Tally tally = Tally.empty();
    try (RecordFile.Reader reader = new RecordFile.Reader(folder.records(job.last(), number));
        LedgerWriter ledger = new LedgerWriter(folder.ledger(), number)) {
      for (CurationRecord r = reader.next(); r != null; r = reader.next()) {
        ledger.write(LedgerRow.of(r, shard.source(), shard.name(), shard.config().licence()));
        tally = tally.plus(r, shard.source());
      }
      ledger.publish();
    }
    AtomicFiles.writeString(folder.tally(number), Json.write(tally.trimmed()));
  }
}

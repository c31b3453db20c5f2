package io.llama3v.data.curate.input;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.sample.Sample;
import java.io.IOException;

/** Walks a raw shard as records, each with its sample at hand. */
public final class RawWalk implements AutoCloseable {
  private final RawShard shard;
  private final RawReader reader;
  private final RecordMaker maker;
  private Sample sample;
  private int index = -1;

  private RawWalk(RawShard shard) throws IOException {
    this.shard = shard;
    this.reader = shard.open();
    this.maker = new RecordMaker(shard);
  }

  /** Begins at the first sample. */
  public static RawWalk open(RawShard shard) throws IOException {
    return new RawWalk(shard);
  }

  /** The next record, null after the last; what cannot be used comes as dropped. */
  public CurationRecord next() throws IOException {
    RawSample raw = advance();
    return raw == null ? null : maker.record(raw, index);
  }

  /** The encoded picture of the record that {@link #next()} gave last, if that record is kept. */
  public byte[] picture() {
    return sample.image();
  }

  /**
   * Goes on to the sample of an index that {@link #next()} gave it in an earlier walk; indexes must rise.
   *
   * @throws IOException if the shard has changed since
   */
  public Sample seek(int wanted, String key) throws IOException {
    while (index < wanted) {
      if (advance() == null) {
        break;
      }
    }
    if (index != wanted || sample == null || !sample.key().equals(key)) {
      throw new IOException(shard.file() + ": sample " + wanted + " '" + key + "' is no longer there; the shard changed while it was curated");
    }
    return sample;
  }

  private RawSample advance() throws IOException {
    RawSample raw = reader.next();
    sample = raw == null ? null : raw.sample();
    index += raw == null ? 0 : 1;
    return raw;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}

package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.CurationRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The records of a file that no step has dropped. */
final class KeptIterator implements Iterator<CurationRecord> {
  private final RecordFile.Reader reader;
  private CurationRecord next;
  private boolean looked;

  KeptIterator(RecordFile.Reader reader) {
    this.reader = reader;
  }

  @Override
  public boolean hasNext() {
    if (!looked) {
      try {
        do {
          next = reader.next();
        } while (next != null && !next.kept());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      looked = true;
    }
    return next != null;
  }

  @Override
  public CurationRecord next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    looked = false;
    return next;
  }
}

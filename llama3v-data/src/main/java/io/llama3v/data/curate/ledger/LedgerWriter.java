package io.llama3v.data.curate.ledger;

import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * The ledger of one shard: {@code NNNNNN.jsonl.gz}, and {@code NNNNNN.parquet} where Carpet is on the class path. Both appear when they are
 * complete and on disk.
 */
public final class LedgerWriter implements AutoCloseable {
  private final Path lines;
  private final Path table;
  private final Path linesAside;
  private final Path tableAside;
  private final OutputStream out;
  private final ParquetLedger parquet;

  public LedgerWriter(Path folder, int shard) throws IOException {
    String name = String.format(Locale.ROOT, "%06d", shard);
    lines = folder.resolve(name + ".jsonl.gz");
    table = folder.resolve(name + ".parquet");
    linesAside = AtomicFiles.temporarySibling(lines);
    tableAside = AtomicFiles.temporarySibling(table);
    out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(linesAside), 1 << 16), 1 << 16);
    parquet = ParquetLedger.available() ? new ParquetLedger(Files.newOutputStream(tableAside)) : null;
  }

  /** Whether ledgers are written as Parquet too. */
  public static boolean writesParquet() {
    return ParquetLedger.available();
  }

  public void write(LedgerRow row) throws IOException {
    out.write(Json.write(row).getBytes(StandardCharsets.UTF_8));
    out.write('\n');
    if (parquet != null) {
      parquet.write(row);
    }
  }

  /** Gives the files their names. */
  public void publish() throws IOException {
    out.close();
    AtomicFiles.forceFile(linesAside);
    AtomicFiles.publish(linesAside, lines);
    if (parquet != null) {
      parquet.close();
      ParquetFooter.sort(tableAside);
      AtomicFiles.forceFile(tableAside);
      AtomicFiles.publish(tableAside, table);
    }
  }

  /** Removes what was not published. */
  @Override
  public void close() throws IOException {
    out.close();
    if (parquet != null && Files.exists(tableAside)) {
      parquet.close();
    }
    Files.deleteIfExists(linesAside);
    Files.deleteIfExists(tableAside);
  }
}

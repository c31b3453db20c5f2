package io.llama3v.data.curate.ledger;

import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.io.OutputStreamOutputFile;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** The ledger of one shard as a Parquet file. Needs Carpet on the class path. */
final class ParquetLedger implements AutoCloseable {
  private final CarpetWriter<LedgerRow> writer;

  ParquetLedger(OutputStream out) throws IOException {
    writer = new CarpetWriter.Builder<>(new OutputStreamOutputFile(out), LedgerRow.class).withCompressionCodec(CompressionCodecName.GZIP).build();
  }

  /** Whether Parquet files can be written here. */
  static boolean available() {
    try {
      Class.forName("com.jerolba.carpet.CarpetWriter", false, ParquetLedger.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }

  void write(LedgerRow row) throws IOException {
    writer.write(row);
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}

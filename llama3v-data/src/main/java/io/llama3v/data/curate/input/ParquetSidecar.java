package io.llama3v.data.curate.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.io.FileSystemInputFile;
import io.llama3v.io.Json;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The Parquet file that img2dataset writes beside each tar: one row a sample, {@code key} and {@code status} among its columns. */
final class ParquetSidecar {
  private static final int MAX_ROWS = 1_000_000;
  private static final long MAX_BYTES = 1L << 30;
  private static final ObjectMapper MAPPER = Json.mapper();

  private ParquetSidecar() {}

  /** {@code 00000.parquet} for {@code 00000.tar}. */
  static Path beside(Path tar) {
    String name = tar.getFileName().toString();
    return tar.resolveSibling(name.replaceFirst("\\.(tar|tgz|tar\\.gz)$", "") + ".parquet");
  }

  /** Rows by key, in their order. */
  static Map<String, JsonNode> rows(Path parquet) throws IOException {
    if (!Files.isRegularFile(parquet)) {
      throw new IOException(parquet + " is missing: the layout img2dataset has one beside each tar; without them say 'layout: webdataset'");
    }
    if (Files.size(parquet) > MAX_BYTES) {
      throw new IOException(parquet + ": expected at most " + MAX_BYTES + " bytes, found " + Files.size(parquet));
    }
    Map<String, JsonNode> rows = new LinkedHashMap<>();
    try {
      for (Map<?, ?> row : new CarpetReader<>(new FileSystemInputFile(parquet.toAbsolutePath().toFile()), Map.class)) {
        JsonNode node = MAPPER.valueToTree(row);
        String key = node.path("key").asText("");
        if (key.isEmpty()) {
          throw new IOException(parquet + ": a row has no 'key'; its columns are " + row.keySet());
        }
        rows.putIfAbsent(key, node);
        if (rows.size() > MAX_ROWS) {
          throw new IOException(parquet + ": more than " + MAX_ROWS + " rows in one shard");
        }
      }
      return rows;
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException("reading " + parquet + " needs com.jerolba:carpet-record on the class path", e);
    } catch (RuntimeException e) {
      // the Parquet reader meets damaged bytes with every kind of runtime exception
      throw new IOException(parquet + ": damaged or no Parquet file: " + e, e);
    }
  }
}

package io.llama3v.data.curate.input;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.shard.ShardException;
import io.llama3v.data.shard.ShardLimits;
import io.llama3v.data.shard.TarWalk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A tar shard, with its Parquet sidecar where there is one: rows without a sample follow after the samples. */
final class TarRawReader implements RawReader {
  /** A download that img2dataset itself reports as failed. */
  static final String NOT_DOWNLOADED = "download-failed";
  /** A row whose sample is not in the tar. */
  static final String MISSING = "missing-sample";
  /** A sidecar that cannot be read. */
  static final String NO_SIDECAR = "sidecar-unreadable";
  private final Path file;
  private final Map<String, JsonNode> rows;
  private final Set<String> seen = new HashSet<>();
  private TarWalk walk;
  private RawSample failure;
  private Iterator<Map.Entry<String, JsonNode>> rest;

  TarRawReader(Path file, boolean sidecar, ShardLimits limits) throws IOException {
    this.file = file;
    Map<String, JsonNode> found = Map.of();
    try {
      found = sidecar ? ParquetSidecar.rows(ParquetSidecar.beside(file)) : Map.of();
    } catch (IOException e) {
      failure = RawSample.bad(null, null, NO_SIDECAR, e.getMessage());
    }
    this.rows = found;
    try {
      walk = TarWalk.open(file, limits);
    } catch (ShardException e) {
      failure = RawSample.bad(null, null, TarWalk.DAMAGED, e.getMessage());
    }
  }

  @Override
  public RawSample next() throws IOException {
    if (failure != null) {
      RawSample once = failure;
      failure = null;
      return once;
    }
    TarWalk.Entry entry = walk == null ? null : walk.next();
    if (entry instanceof TarWalk.Good good) {
      seen.add(good.sample().key());
      return RawSample.good(good.sample(), rows.get(good.sample().key()));
    }
    if (entry instanceof TarWalk.Bad bad) {
      if (bad.key() != null) {
        seen.add(bad.key());
      }
      return RawSample.bad(bad.key(), bad.key() == null ? null : rows.get(bad.key()), bad.reason(), bad.detail());
    }
    return missing();
  }

  private RawSample missing() {
    if (rest == null) {
      Map<String, JsonNode> left = new LinkedHashMap<>(rows);
      left.keySet().removeAll(seen);
      rest = left.entrySet().iterator();
    }
    if (!rest.hasNext()) {
      return null;
    }
    Map.Entry<String, JsonNode> row = rest.next();
    String status = row.getValue().path("status").asText("success");
    return status.equals("success")
        ? RawSample.bad(row.getKey(), row.getValue(), MISSING, file + ": its Parquet file lists '" + row.getKey() + "', the tar lacks it")
        : RawSample.bad(row.getKey(), row.getValue(), NOT_DOWNLOADED, row.getValue().path("error_message").asText(status));
  }

  @Override
  public void close() throws IOException {
    if (walk != null) {
      walk.close();
    }
  }
}

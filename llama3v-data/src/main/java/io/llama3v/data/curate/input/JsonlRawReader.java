package io.llama3v.data.curate.input;

import io.llama3v.data.format.JsonlFormat;
import io.llama3v.data.format.LineException;
import io.llama3v.data.format.LineReader;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.BoundedGzip;
import io.llama3v.data.shard.ShardException;
import io.llama3v.data.shard.TarWalk;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A JSONL file, also compressed. A damaged line is one bad sample; a damaged compressed file ends where it is damaged. */
final class JsonlRawReader implements RawReader {
  private final Path file;
  private final JsonlFormat format;
  private LineReader lines;
  private RawSample failure;

  JsonlRawReader(Path file, JsonlFormat format) throws IOException {
    this.file = file;
    this.format = format;
    try {
      InputStream in = Files.newInputStream(file);
      lines = new LineReader(file.toString().endsWith(".gz") ? new BoundedGzip(in, file.toString()) : new BufferedInputStream(in));
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
    try {
      while (lines != null) {
        byte[] line = lines.next();
        if (line == null) {
          return null;
        }
        if (lines.tooLong()) {
          return RawSample.bad(JsonlFormat.name(file, lines.number()), null, "line-too-long", file + ":" + lines.number() + ": the line is too long");
        }
        if (LineReader.isBlank(line)) {
          continue;
        }
        Sample sample = format.parse(line, file, lines.number());
        return RawSample.good(sample, sample.json());
      }
      return null;
    } catch (LineException e) {
      return RawSample.bad(e.key(), null, e.reason(), e.getMessage());
    } catch (ShardException e) {
      lines = null;
      return RawSample.bad(null, null, TarWalk.DAMAGED, e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    if (lines != null) {
      lines.close();
    }
  }
}

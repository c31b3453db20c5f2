package io.llama3v.data.curate.input;

import io.llama3v.data.format.JsonlFormat;
import io.llama3v.data.shard.ShardLimits;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.file.Path;

/**
 * One file of an input.
 *
 * @param number in the whole run, from 0
 * @param source name of its input
 * @param prefix of its samples' ids: {@code SOURCE/}, or empty where there is one input only
 * @param file   where it lies
 * @param config of its input
 */
public record RawShard(int number, String source, String prefix, Path file, InputConfig config) {
  /** A picture member is at most as large as a picture may be; some more for what else a sample has. */
  private static final ShardLimits LIMITS = new ShardLimits(Limits.IMAGE_BYTES, 3 * Limits.IMAGE_BYTES / 2, 64 << 10);

  RawReader open() throws IOException {
    return switch (config.layout()) {
      case WEBDATASET -> new TarRawReader(file, false, LIMITS);
      case IMG2DATASET -> new TarRawReader(file, true, LIMITS);
      case JSONL -> new JsonlRawReader(file, format());
    };
  }

  /** How the lines of a JSONL file are read. */
  JsonlFormat format() {
    Path images = config.images() == null ? file.toAbsolutePath().getParent() : config.images();
    return new JsonlFormat(images, config.picture(), config.captions().get(0), config.key());
  }

  /** The file's name, which ledger and selection know it by. */
  public String name() {
    return file.getFileName().toString();
  }
}

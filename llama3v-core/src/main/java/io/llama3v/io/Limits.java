package io.llama3v.io;

/**
 * The largest sizes that this library accepts from a file it did not write. A size read from a file is compared with
 * these before anything is allocated, so that a small hostile file cannot ask for a large buffer.
 */
public final class Limits {
  /** Bytes of a safetensors header, and of a safetensors index file. The reference implementation has the same cap. */
  public static final int HEADER_BYTES = 100_000_000;
  /** Nesting depth of JSON and YAML documents. */
  public static final int JSON_DEPTH = 64;
  /** Bytes of a configuration file. */
  public static final int CONFIG_BYTES = 1 << 20;
  /** Bytes of one line of a JSONL file. */
  public static final int LINE_BYTES = 16 << 20;
  /** Bytes of one member of a tar shard. */
  public static final int TAR_MEMBER_BYTES = 64 << 20;
  /** Uncompressed bytes for each compressed byte. */
  public static final int EXPANSION_RATIO = 200;
  /** Pixels of one image (width times height), read from its header before decoding. */
  public static final int PIXELS = 89_478_485;
  /** Width or height of one image, in pixels. */
  public static final int SIDE = 65_500;
  /** Encoded bytes of one image. */
  public static final int IMAGE_BYTES = 32 << 20;
  /** UTF-8 bytes of the text of one sample. */
  public static final int SAMPLE_TEXT_BYTES = 1 << 20;
  /** Entries of an index (of tensors, of samples in a shard). */
  public static final int INDEX_ENTRIES = 10_000_000;

  private Limits() {}
}

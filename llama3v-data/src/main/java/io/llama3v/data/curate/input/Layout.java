package io.llama3v.data.curate.input;

/** How an input's samples lie in files. */
public enum Layout {
  /** Tar shards, members of one sample side by side. */
  WEBDATASET,
  /** Tar shards with a Parquet file of the same name beside each, one row a sample. */
  IMG2DATASET,
  /** Lines of JSON that name picture files. */
  JSONL
}

package io.llama3v.backend.meta;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Storage;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Memory that is counted and not there. */
final class MetaStorage extends Storage {
  private final MetaBackend backend;
  private final long bytes;
  private boolean copied;

  MetaStorage(MetaBackend backend, long bytes) {
    this.backend = backend;
    this.bytes = bytes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public INDArray array(DType type, long offset, long... shape) {
    throw new UnsupportedOperationException("a tensor of the meta backend has a shape and no values");
  }

  /** A copy in BF16 of what is here in F32, which lives as long as this. */
  void copyToBf16() {
    if (copied) return;
    copied = true;
    backend.copied(bytes / 2);
  }

  @Override
  protected void free() {
    if (copied) backend.copied(-bytes / 2);
    backend.freed(bytes);
  }
}

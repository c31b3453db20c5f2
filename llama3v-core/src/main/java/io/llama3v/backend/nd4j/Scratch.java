package io.llama3v.backend.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The temporaries of one kernel, freed together when it ends: left to the garbage collector, native memory would grow until
 * the heap happens to fill. Only arrays that own their memory are put in, never views.
 */
final class Scratch implements AutoCloseable {
  private final List<INDArray> arrays = new ArrayList<>();

  /** Takes over a fresh array. */
  INDArray of(INDArray fresh) {
    arrays.add(fresh);
    return fresh;
  }

  /** In double precision: a copy, or the array itself if it is double already, so do not write to it. */
  INDArray doubles(INDArray x) {
    return cast(x, DataType.DOUBLE);
  }

  /** In another type, likewise. */
  INDArray cast(INDArray x, DataType type) {
    return x.dataType() == type ? x : of(x.castTo(type));
  }

  /** Σ x over the given axes, which stay as 1. Added up in double, since ND4J's float sums lose digits; result as x. */
  INDArray sum(INDArray x, int... axes) {
    return cast(of(doubles(x).sum(true, axes)), x.dataType());
  }

  @Override
  public void close() {
    for (INDArray array : arrays) if (array.closeable()) array.close();
  }
}

package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Rotary position embedding. */
final class Rotation {
  private Rotation() {}

  /** {@code y = (a cos − b sin, b cos + a sin)} for the halves a, b of each head; the inverse turns the other way. */
  static void rotary(Tensor x, Tensor cos, Tensor sin, boolean inverse, Tensor y) {
    if (x.elements() == 0) return;
    long half = x.size(3) / 2;
    try (Scratch s = new Scratch()) {
      INDArray a = s.of(half(x, 0).dup('c'));
      INDArray b = s.of(half(x, 1).dup('c'));
      INDArray c = Views.at(cos, 0, cos.size(0), cos.size(1), 1, half);
      INDArray n = Views.at(sin, 0, cos.size(0), cos.size(1), 1, half);
      INDArray turn = inverse ? s.of(n.neg()) : n;
      half(y, 0).assign(s.of(s.of(a.mul(c)).sub(s.of(b.mul(turn)))));
      half(y, 1).assign(s.of(s.of(b.mul(c)).add(s.of(a.mul(turn)))));
    }
  }

  private static INDArray half(Tensor x, int which) {
    long half = x.size(3) / 2;
    INDArrayIndex all = NDArrayIndex.all();
    return x.array().get(all, all, all, NDArrayIndex.interval(which * half, (which + 1) * half));
  }
}

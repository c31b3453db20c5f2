package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Patches and interleaved features. */
final class Vision {
  private Vision() {}

  static void unfold(Tensor pixels, int patch, Tensor y) {
    if (y.elements() == 0) return;
    asPatches(y, pixels, patch).assign(asImage(pixels, patch).permute(0, 2, 4, 1, 3, 5));
  }

  static void fold(Tensor patches, int patch, Tensor pixels) {
    if (pixels.elements() == 0) return;
    asImage(pixels, patch).assign(asPatches(patches, pixels, patch).permute(0, 3, 1, 4, 2, 5));
  }

  /** [N, C, S1/p, p, S2/p, p]. */
  private static INDArray asImage(Tensor pixels, int p) {
    return Views.at(pixels, 0, pixels.size(0), pixels.size(1), pixels.size(2) / p, p, pixels.size(3) / p, p);
  }

  /** [N, S1/p, S2/p, C, p, p]. */
  private static INDArray asPatches(Tensor patches, Tensor pixels, int p) {
    return Views.at(patches, 0, pixels.size(0), pixels.size(2) / p, pixels.size(3) / p, pixels.size(1), p, p);
  }

  static void interleave(Tensor base, Tensor[] features, Tensor y) {
    if (base.elements() == 0) return;
    long width = base.size(-1);
    INDArray to = Views.rows(y);
    to.get(NDArrayIndex.all(), NDArrayIndex.interval(0, width)).assign(Views.rows(base));
    if (features.length == 0) return;
    INDArray[] parts = new INDArray[features.length];
    for (int f = 0; f < parts.length; f++) parts[f] = Views.at(features[f], 0, to.size(0), width, 1);
    try (Scratch s = new Scratch()) {
      INDArray mixed = s.of(Nd4j.concat(2, parts)).reshape('c', to.size(0), width * parts.length);
      to.get(NDArrayIndex.all(), NDArrayIndex.interval(width, to.size(1))).assign(mixed);
    }
  }

  static void interleaveBackward(Tensor dy, Tensor dBase, Tensor[] dFeatures) {
    if (dy.elements() == 0) return;
    INDArray from = Views.rows(dy);
    long rows = from.size(0);
    long width = from.size(1) / (1 + dFeatures.length);
    if (dBase != null) Views.rows(dBase).assign(from.get(NDArrayIndex.all(), NDArrayIndex.interval(0, width)));
    if (dFeatures.length == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray mixed = s.of(from.get(NDArrayIndex.all(), NDArrayIndex.interval(width, from.size(1))).dup('c'))
          .reshape('c', rows, width, dFeatures.length);
      for (int f = 0; f < dFeatures.length; f++) {
        if (dFeatures[f] == null) continue;
        Views.at(dFeatures[f], 0, rows, width, 1)
            .assign(mixed.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(f, f + 1)));
      }
    }
  }
}

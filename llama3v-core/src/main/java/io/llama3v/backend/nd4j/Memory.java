package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Filling, copying, permuting. */
final class Memory {
  private Memory() {}

  static void fill(Tensor y, double value) {
    if (y.elements() > 0) Views.flat(y).assign(value);
  }

  static void copy(Tensor x, Tensor y) {
    if (x.elements() > 0) Views.flat(y).assign(Views.flat(x));
  }

  static void copyRows(Tensor x, long xOffset, long xStride, Tensor y, long yOffset, long yStride, long rows, long width,
      boolean add) {
    if (rows == 0 || width == 0) return;
    if (xStride < width || yStride < width) {
      for (long r = 0; r < rows; r++) {
        put(Views.at(x, xOffset + r * xStride, width), Views.at(y, yOffset + r * yStride, width), add);
      }
      return;
    }
    // The last row need not be followed by a whole stride, so that only the rows before it form a rectangle.
    if (rows > 1) put(rectangle(x, xOffset, xStride, rows - 1, width), rectangle(y, yOffset, yStride, rows - 1, width), add);
    put(Views.at(x, xOffset + (rows - 1) * xStride, width), Views.at(y, yOffset + (rows - 1) * yStride, width), add);
  }

  private static INDArray rectangle(Tensor t, long offset, long stride, long rows, long width) {
    INDArray whole = Views.at(t, offset, rows, stride);
    return stride == width ? whole : whole.get(NDArrayIndex.all(), NDArrayIndex.interval(0, width));
  }

  private static void put(INDArray x, INDArray y, boolean add) {
    if (add) y.addi(x);
    else y.assign(x);
  }

  static void permute(Tensor x, int[] axes, Tensor y) {
    if (x.elements() == 0) return;
    if (x.rank() < 2) {
      copy(x, y);
      return;
    }
    int[] order = new int[axes.length];
    for (int i = 0; i < axes.length; i++) order[i] = Shape.axis(axes[i], x.rank());
    y.array().assign(x.array().permute(order));
  }
}

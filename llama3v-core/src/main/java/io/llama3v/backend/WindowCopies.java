package io.llama3v.backend;

import io.llama3v.tensor.Tensor;

/** {@link Kernels#unfoldWindows} and its inverse as copies of strided rows: one for each row of windows and pixel of a window. */
final class WindowCopies {
  private WindowCopies() {}

  static void run(Kernels kernels, Tensor image, Tensor windows, Windows w, boolean fold) {
    long n = image.size(0);
    long height = image.size(1);
    long width = image.size(2);
    long c = image.size(3);
    long rows = w.rows(height);
    long columns = w.columns(width);
    long length = w.size() * c;
    for (long i = 0; i < n; i++) {
      for (int ky = 0; ky < w.height(); ky++) {
        for (long oy = w.first(ky); oy < w.end(ky, height, rows); oy++) {
          long y = oy * w.stride() + ky - w.padding();
          for (int kx = 0; kx < w.width(); kx++) {
            long first = w.first(kx);
            long count = w.end(kx, width, columns) - first;
            if (count <= 0) continue;
            long imageAt = ((i * height + y) * width + first * w.stride() + kx - w.padding()) * c;
            long windowAt = ((i * rows + oy) * columns + first) * length + ((long) ky * w.width() + kx) * c;
            if (fold) kernels.copyRows(windows, windowAt, length, image, imageAt, w.stride() * c, count, c, true);
            else kernels.copyRows(image, imageAt, w.stride() * c, windows, windowAt, length, count, c, false);
          }
        }
      }
    }
  }
}

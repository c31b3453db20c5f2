package io.llama3v.backend.cuda;

import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;

/** Filling, copying, permuting: {@code fill.cu}, {@code permute.cu}. */
final class MemoryKernels {
  private final Gpu gpu;

  MemoryKernels(Gpu gpu) {
    this.gpu = gpu;
  }

  private static KernelSource source(Tensor from, Tensor to) {
    return KernelSource.of("fill.cu", Gpu.macro("FROM", from), Gpu.macro("TO", to));
  }

  void fill(Tensor y, double value) {
    long n = y.elements();
    if (n == 0) return;
    gpu.arguments().l(Gpu.write(y)).f(value).l(n);
    gpu.launchOver(n, 4, source(y, y), "fill");
  }

  void copy(Tensor x, Tensor y) {
    if (x.elements() > 0) gpu.convert(Gpu.read(x), x.type(), Gpu.write(y), y.type(), x.elements());
  }

  void copyRows(Tensor x, long xOffset, long xStride, Tensor y, long yOffset, long yStride, long rows, long width, boolean add) {
    if (rows == 0 || width == 0) return;
    int threads = width <= 32 ? 32 : Gpu.THREADS;
    gpu.arguments().l(Gpu.read(x) + xOffset * x.type().bytes()).l(xStride).l(Gpu.write(y) + yOffset * y.type().bytes()).l(yStride).l(rows)
        .l(width).i(add ? 1 : 0);
    int across = (int) Math.min(Grid.blocks(width, 4L * threads), 1 << 16);
    gpu.launch(source(x, y), "copy_rows", new Grid(across, (int) Math.min(rows, Grid.MOST), 1, threads, 1, 0));
  }

  void permute(Tensor x, int[] axes, Tensor y) {
    long n = x.elements();
    if (n == 0) return;
    int[] order = new int[axes.length];
    for (int i = 0; i < axes.length; i++) order[i] = Shape.axis(axes[i], x.rank());
    MergedAxes merged = MergedAxes.permuted(x.shape(), order);
    long[] sizes = merged.sizes();
    long[] strides = merged.strides()[0];
    int last = merged.count() - 1;
    KernelSource source = KernelSource.of("permute.cu", Gpu.macro("REAL", x));
    if (last == 0) {
      copy(x, y);
    } else if (last <= 2 && strides[last - 1] == 1 && strides[last] == sizes[last - 1]) {
      // The last two axes change places: y [B, N, M] of x [B, M, N].
      long m = sizes[last];
      long k = sizes[last - 1];
      long batch = last == 2 ? sizes[0] : 1;
      gpu.arguments().l(Gpu.read(x)).l(Gpu.write(y)).l(batch).l(m).l(k);
      long tiles = batch * ((m + 31) / 32) * ((k + 31) / 32);
      gpu.launch(source, "transpose", new Grid((int) Math.min(tiles, 1 << 20), 1, 1, 32, 8, 0));
    } else {
      gpu.arguments().l(Gpu.read(x)).l(Gpu.write(y)).l(n).longs(merged.struct());
      gpu.launchOver(n, 4, source, "permute");
    }
  }
}

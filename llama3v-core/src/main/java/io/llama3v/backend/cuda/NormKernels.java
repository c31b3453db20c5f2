package io.llama3v.backend.cuda;

import io.llama3v.tensor.Tensor;

/** Normalisation of rows: {@code layer_norm.cu}, {@code rms_norm.cu}, {@code rows.cu}. */
final class NormKernels {
  /** Rows up to this width are one warp's work. */
  private static final int WARP_ROW = 512;

  private final Gpu gpu;
  private final SumKernels sums;

  NormKernels(Gpu gpu, SumKernels sums) {
    this.gpu = gpu;
    this.sums = sums;
  }

  private static int width(Tensor t) {
    return Math.toIntExact(t.rank() == 0 ? 1 : t.size(-1));
  }

  private static KernelSource source(String file, Tensor t) {
    return KernelSource.of(file, Gpu.macro("REAL", t), "TEAM=" + (width(t) <= WARP_ROW ? "WarpTeam" : "BlockTeam"));
  }

  private static Grid teams(long rows, int width) {
    return width <= WARP_ROW ? new Grid(Grid.blocks(rows, 8), 1, 1, 32, 8, 0) : Grid.of(Grid.blocks(rows, 1), Gpu.THREADS);
  }

  private void launch(String file, String kernel, Tensor t) {
    int width = width(t);
    gpu.launch(source(file, t), kernel, teams(t.elements() / width, width));
  }

  void layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon, Tensor y, Tensor mean, Tensor rstd) {
    if (x.elements() == 0) return;
    Gpu.requireF32("layerNorm", weight, bias, mean, rstd);
    int width = width(x);
    gpu.arguments().l(Gpu.read(x)).l(Gpu.read(weight)).l(Gpu.read(bias)).f(epsilon).l(Gpu.write(y)).l(Gpu.write(mean)).l(Gpu.write(rstd))
        .l(x.elements() / width).i(width);
    launch("layer_norm.cu", "layer_norm", x);
  }

  void layerNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dx, boolean addDx,
      Tensor dWeight, Tensor dBias) {
    if (x.elements() == 0) return;
    Gpu.requireF32("layerNormBackward", weight, mean, rstd);
    int width = width(x);
    long rows = x.elements() / width;
    if (dx != null) {
      gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(x)).l(Gpu.read(weight)).l(Gpu.read(mean)).l(Gpu.read(rstd)).l(Gpu.write(dx)).l(rows)
          .i(width).i(addDx ? 1 : 0);
      launch("layer_norm.cu", "layer_norm_backward", x);
    }
    if (dWeight == null && dBias == null) return;
    long perChunk = SumKernels.rowsPerChunk(rows);
    int chunks = Grid.blocks(rows, perChunk);
    long size = 4L * chunks * width;
    try (Gpu.Temporary partial = gpu.temporary(2 * size)) {
      long weights = dWeight == null ? 0 : partial.address();
      long biases = dBias == null ? 0 : partial.address() + size;
      gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(x)).l(Gpu.read(mean)).l(Gpu.read(rstd)).l(weights).l(biases).l(rows).i(width).l(perChunk);
      gpu.launch(source("layer_norm.cu", x), "norm_weight_gradient", new Grid(Grid.blocks(width, 32), chunks, 1, 32, 8, 0));
      if (dWeight != null) sums.addPartials(weights, chunks, width, dWeight);
      if (dBias != null) sums.addPartials(biases, chunks, width, dBias);
    }
  }

  void rmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd) {
    if (x.elements() == 0) return;
    Gpu.requireF32("rmsNorm", weight, rstd);
    int width = width(x);
    gpu.arguments().l(Gpu.read(x)).l(Gpu.read(weight)).f(epsilon).l(Gpu.write(y)).l(Gpu.write(rstd)).l(x.elements() / width).i(width);
    launch("rms_norm.cu", "rms_norm", x);
  }

  void rmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight) {
    if (x.elements() == 0) return;
    Gpu.requireF32("rmsNormBackward", weight, rstd);
    int width = width(x);
    long rows = x.elements() / width;
    if (dx != null) {
      gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(x)).l(Gpu.read(weight)).l(Gpu.read(rstd)).l(Gpu.write(dx)).l(rows).i(width).i(addDx ? 1 : 0);
      launch("rms_norm.cu", "rms_norm_backward", x);
    }
    if (dWeight == null) return;
    long perChunk = SumKernels.rowsPerChunk(rows);
    int chunks = Grid.blocks(rows, perChunk);
    try (Gpu.Temporary partial = gpu.temporary(4L * chunks * width)) {
      gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(x)).l(Gpu.read(rstd)).l(partial.address()).l(rows).i(width).l(perChunk);
      gpu.launch(source("rms_norm.cu", x), "rms_weight_gradient", new Grid(Grid.blocks(width, 32), chunks, 1, 32, 8, 0));
      sums.addPartials(partial.address(), chunks, width, dWeight);
    }
  }

  void l2Normalize(Tensor x, Tensor y, Tensor norm) {
    if (x.elements() == 0) return;
    Gpu.requireF32("l2Normalize", y, norm);
    int width = width(x);
    gpu.arguments().l(Gpu.read(x)).l(Gpu.write(y)).l(Gpu.write(norm)).l(x.elements() / width).i(width);
    launch("rows.cu", "l2_normalize", x);
  }

  void l2NormalizeBackward(Tensor dy, Tensor y, Tensor norm, Tensor dx) {
    if (dy.elements() == 0) return;
    Gpu.requireF32("l2NormalizeBackward", dy, y, norm);
    int width = width(dx);
    gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(y)).l(Gpu.read(norm)).l(Gpu.write(dx)).l(dy.elements() / width).i(width);
    launch("rows.cu", "l2_normalize_backward", dx);
  }

  void softmax(Tensor x, Tensor y) {
    if (x.elements() == 0) return;
    int width = width(x);
    gpu.arguments().l(Gpu.read(x)).l(Gpu.write(y)).l(x.elements() / width).i(width);
    launch("rows.cu", "softmax", x);
  }

  void softmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    if (dy.elements() == 0) return;
    int width = width(dx);
    gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(y)).l(Gpu.write(dx)).l(dy.elements() / width).i(width);
    launch("rows.cu", "softmax_backward", dx);
  }
}

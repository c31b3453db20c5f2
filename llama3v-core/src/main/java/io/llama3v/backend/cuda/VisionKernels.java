package io.llama3v.backend.cuda;

import io.llama3v.tensor.Tensor;

/** Patches and interleaved features: {@code vision.cu}. */
final class VisionKernels {
  private final Gpu gpu;

  VisionKernels(Gpu gpu) {
    this.gpu = gpu;
  }

  private static KernelSource source(Tensor from, Tensor to) {
    return KernelSource.of("vision.cu", Gpu.macro("FROM", from), Gpu.macro("TO", to));
  }

  void unfoldPatches(Tensor pixels, int patch, Tensor y) {
    patches(pixels, y, pixels, patch, "unfold_patches");
  }

  void foldPatches(Tensor patches, int patch, Tensor pixels) {
    patches(patches, pixels, pixels, patch, "fold_patches");
  }

  private void patches(Tensor from, Tensor to, Tensor pixels, int patch, String kernel) {
    long n = pixels.elements();
    if (n == 0) return;
    gpu.arguments().l(Gpu.read(from)).l(Gpu.write(to)).l(n).i(Math.toIntExact(pixels.size(1))).i(Math.toIntExact(pixels.size(2) / patch))
        .i(Math.toIntExact(pixels.size(3) / patch)).i(patch);
    gpu.launchOver(n, 4, source(from, to), kernel);
  }

  void interleave(Tensor base, Tensor[] features, Tensor y) {
    if (base.elements() == 0) return;
    long width = base.size(-1);
    part(base, y, width, y.size(-1), 0, 1);
    for (int f = 0; f < features.length; f++) part(features[f], y, width, y.size(-1), width + f, features.length);
  }

  private void part(Tensor narrow, Tensor wide, long width, long wideWidth, long offset, int step) {
    long n = narrow.elements();
    gpu.arguments().l(Gpu.read(narrow)).l(Gpu.write(wide)).l(n / width).l(width).l(wideWidth).l(offset).i(step);
    gpu.launchOver(n, 4, source(narrow, wide), "interleave");
  }

  void interleaveBackward(Tensor dy, Tensor dBase, Tensor[] dFeatures) {
    if (dy.elements() == 0) return;
    long wideWidth = dy.size(-1);
    long width = wideWidth / (1 + dFeatures.length);
    if (dBase != null) partBackward(dy, dBase, width, wideWidth, 0, 1);
    for (int f = 0; f < dFeatures.length; f++) {
      if (dFeatures[f] != null) partBackward(dy, dFeatures[f], width, wideWidth, width + f, dFeatures.length);
    }
  }

  private void partBackward(Tensor wide, Tensor narrow, long width, long wideWidth, long offset, int step) {
    long n = narrow.elements();
    gpu.arguments().l(Gpu.read(wide)).l(Gpu.write(narrow)).l(n / width).l(width).l(wideWidth).l(offset).i(step);
    gpu.launchOver(n, 4, source(wide, narrow), "interleave_backward");
  }
}

package io.llama3v.backend.simd;

import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;

/** Patches in and out of images, and the interleaving of intermediate features. */
final class VisionKernels {
  private final Parallel team;

  VisionKernels(Parallel team) {
    this.team = team;
  }

  /** Copies pixels to patches, or back. Both tensors hold the same elements in different order. */
  void patches(Tensor pixels, int p, Tensor patches, boolean unfold) {
    int channels = (int) pixels.size(1);
    int height = (int) pixels.size(2);
    int width = (int) pixels.size(3);
    int columns = width / p;
    int perImage = height / p * columns;
    int length = channels * p * p;
    team.range(pixels.size(0) * perImage, Math.max(1, 16_384 / length), (from, to, part) -> {
      for (long t = from; t < to; t++) {
        long image = t / perImage;
        int patch = (int) (t % perImage);
        ByteBuffer in = HostStorage.buffer(pixels, image * channels * height * width, (long) channels * height * width);
        ByteBuffer out = HostStorage.buffer(patches, t * length, length);
        for (int c = 0; c < channels; c++) {
          for (int y = 0; y < p; y++) {
            int pixelAt = 4 * ((c * height + patch / columns * p + y) * width + patch % columns * p);
            int patchAt = 4 * (c * p + y) * p;
            if (unfold) out.put(patchAt, in, pixelAt, 4 * p);
            else in.put(pixelAt, out, patchAt, 4 * p);
          }
        }
      }
    });
  }

  /** {@code joined[r] = cat(base[r], features interleaved)}, or the other way for gradients; null parts are skipped. */
  void interleave(Tensor joined, Tensor base, Tensor[] features, boolean forward) {
    int f = features.length;
    int d = (int) joined.size(-1) / (1 + f);
    team.range(joined.elements() / (d * (1L + f)), Math.max(1, 16_384 / d), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        ByteBuffer all = HostStorage.buffer(joined, r * d * (1 + f), (long) d * (1 + f));
        if (base != null) {
          ByteBuffer b = HostStorage.buffer(base, r * d, d);
          if (forward) all.put(0, b, 0, 4 * d);
          else b.put(0, all, 0, 4 * d);
        }
        for (int k = 0; k < f; k++) {
          if (features[k] == null) continue;
          ByteBuffer b = HostStorage.buffer(features[k], r * d, d);
          for (int c = 0; c < d; c++) {
            if (forward) Vec.put(all, d + c * f + k, Vec.get(b, c));
            else Vec.put(b, c, Vec.get(all, d + c * f + k));
          }
        }
      }
    });
  }
}

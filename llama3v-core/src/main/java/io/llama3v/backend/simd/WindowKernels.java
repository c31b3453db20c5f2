package io.llama3v.backend.simd;

import io.llama3v.backend.Windows;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;

/** Windows of convolutions and poolings over images with channels last. */
final class WindowKernels {
  private final Parallel team;

  WindowKernels(Parallel team) {
    this.team = team;
  }

  /** Copies windows out of images; a row of windows is one part of the work. */
  void unfold(Tensor x, Windows w, Tensor y) {
    int height = (int) x.size(1);
    int width = (int) x.size(2);
    int c = (int) x.size(3);
    int rows = (int) w.rows(height);
    int columns = (int) w.columns(width);
    int length = w.size() * c;
    long image = (long) height * width * c;
    team.range(x.size(0) * rows, Math.max(1, 16_384 / Math.max(1, columns * length)), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        ByteBuffer in = HostStorage.buffer(x, r / rows * image, image);
        ByteBuffer out = HostStorage.buffer(y, r * columns * length, (long) columns * length);
        int top = (int) (r % rows) * w.stride() - w.padding();
        for (int ox = 0; ox < columns; ox++) {
          int left = ox * w.stride() - w.padding();
          // Within the image the pixels of a window's row lie side by side.
          int begin = Math.max(0, -left);
          int end = Math.max(begin, Math.min(w.width(), width - left));
          for (int ky = 0; ky < w.height(); ky++) {
            int at = ox * length + ky * w.width() * c;
            int py = top + ky;
            if (py < 0 || py >= height) {
              zero(out, at, w.width() * c);
              continue;
            }
            zero(out, at, begin * c);
            out.put(4 * (at + begin * c), in, 4 * (py * width + left + begin) * c, 4 * (end - begin) * c);
            zero(out, at + end * c, (w.width() - end) * c);
          }
        }
      }
    });
  }

  private static void zero(ByteBuffer b, int at, int count) {
    int i = at;
    for (; i < at + Vec.bound(count); i += Vec.N) Vec.store(Vec.zero(), b, i);
    for (; i < at + count; i++) Vec.put(b, i, 0);
  }

  /** Adds windows up into images; windows overlap, so that an image's row is one part of the work and gathers from its windows. */
  void fold(Tensor dy, Windows w, Tensor dx) {
    int height = (int) dx.size(1);
    int width = (int) dx.size(2);
    int c = (int) dx.size(3);
    int rows = (int) w.rows(height);
    int columns = (int) w.columns(width);
    int length = w.size() * c;
    team.range(dx.size(0) * height, Math.max(1, 16_384 / Math.max(1, width * c * w.size())), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        ByteBuffer out = HostStorage.buffer(dx, r * width * c, (long) width * c);
        zero(out, 0, width * c);
        int y = (int) (r % height);
        for (int ky = 0; ky < w.height(); ky++) {
          int shifted = y + w.padding() - ky;
          if (shifted < 0 || shifted % w.stride() != 0 || shifted / w.stride() >= rows) continue;
          ByteBuffer in = HostStorage.buffer(dy, (r / height * rows + shifted / w.stride()) * columns * length, (long) columns * length);
          for (int ox = 0; ox < columns; ox++) {
            int left = ox * w.stride() - w.padding();
            int begin = Math.max(0, -left);
            int end = Math.max(begin, Math.min(w.width(), width - left));
            add(out, (left + begin) * c, in, ox * length + (ky * w.width() + begin) * c, (end - begin) * c);
          }
        }
      }
    });
  }

  private static void add(ByteBuffer to, int at, ByteBuffer from, int start, int count) {
    int i = 0;
    for (; i < Vec.bound(count); i += Vec.N) Vec.store(Vec.load(to, at + i).add(Vec.load(from, start + i)), to, at + i);
    for (; i < count; i++) Vec.put(to, at + i, Vec.get(to, at + i) + Vec.get(from, start + i));
  }

  /** Largest values; the index tensor holds ints of the same width as floats. */
  void maxPool(Tensor x, Windows w, Tensor y, Tensor argmax) {
    int height = (int) x.size(1);
    int width = (int) x.size(2);
    int c = (int) x.size(3);
    int rows = (int) y.size(1);
    int columns = (int) y.size(2);
    long image = (long) height * width * c;
    team.range(y.size(0) * rows, Math.max(1, 16_384 / Math.max(1, columns * c * w.size())), (from, to, part) -> {
      for (long r = from; r < to; r++) {
        ByteBuffer in = HostStorage.buffer(x, r / rows * image, image);
        ByteBuffer out = HostStorage.buffer(y, r * columns * c, (long) columns * c);
        ByteBuffer where = HostStorage.buffer(argmax, r * columns * c, (long) columns * c);
        int top = (int) (r % rows) * w.stride() - w.padding();
        for (int ox = 0; ox < columns; ox++) {
          int left = ox * w.stride() - w.padding();
          boolean first = true;
          for (int py = Math.max(0, top); py < Math.min(height, top + w.height()); py++) {
            for (int px = Math.max(0, left); px < Math.min(width, left + w.width()); px++) {
              take(in, (py * width + px) * c, out, where, ox * c, c, py * width + px, first);
              first = false;
            }
          }
        }
      }
    });
  }

  private static void take(ByteBuffer in, int from, ByteBuffer out, ByteBuffer where, int to, int c, int pixel, boolean first) {
    for (int i = 0; i < c; i++) {
      float value = Vec.get(in, from + i);
      if (first || value > Vec.get(out, to + i)) {
        Vec.put(out, to + i, value);
        where.putInt(4 * (to + i), pixel);
      }
    }
  }

  void maxPoolBackward(Tensor dy, Tensor argmax, Tensor dx) {
    int c = (int) dy.size(3);
    int windows = (int) (dy.size(1) * dy.size(2));
    long image = dx.size(1) * dx.size(2) * c;
    team.range(dx.size(0), 1, (from, to, part) -> {
      for (long n = from; n < to; n++) {
        ByteBuffer in = HostStorage.buffer(dy, n * windows * c, (long) windows * c);
        ByteBuffer where = HostStorage.buffer(argmax, n * windows * c, (long) windows * c);
        ByteBuffer out = HostStorage.buffer(dx, n * image, image);
        zero(out, 0, (int) image);
        for (int i = 0; i < windows * c; i++) {
          int at = where.getInt(4 * i) * c + i % c;
          Vec.put(out, at, Vec.get(out, at) + Vec.get(in, i));
        }
      }
    });
  }
}

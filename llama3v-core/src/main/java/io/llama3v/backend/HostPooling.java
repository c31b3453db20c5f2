package io.llama3v.backend;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.nd4j.linalg.factory.Nd4j;

/** Pooling on the host for any backend, value by value: the reference, in double. */
final class HostPooling {
  private HostPooling() {}

  static void max(Tensor x, Windows w, Tensor y, Tensor argmax) {
    if (y.elements() == 0) return;
    double[] in = x.toDoubles();
    double[] out = new double[Math.toIntExact(y.elements())];
    int[] where = new int[out.length];
    int height = (int) x.size(1);
    int width = (int) x.size(2);
    int c = (int) x.size(3);
    int rows = (int) y.size(1);
    int columns = (int) y.size(2);
    for (int o = 0; o < out.length; o++) {
      int channel = o % c;
      int ox = o / c % columns;
      int oy = o / c / columns % rows;
      int image = o / c / columns / rows;
      int best = -1;
      for (int ky = 0; ky < w.height(); ky++) {
        for (int kx = 0; kx < w.width(); kx++) {
          int py = oy * w.stride() + ky - w.padding();
          int px = ox * w.stride() + kx - w.padding();
          if (py < 0 || py >= height || px < 0 || px >= width) continue;
          double value = in[((image * height + py) * width + px) * c + channel];
          if (best < 0 || value > out[o]) {
            best = py * width + px;
            out[o] = value;
          }
        }
      }
      where[o] = best;
    }
    write(out, y);
    argmax.backend().upload(IntBuffer.wrap(where), argmax);
  }

  static void maxBackward(Tensor dy, Tensor argmax, Tensor dx) {
    double[] out = new double[Math.toIntExact(dx.elements())];
    if (dy.elements() > 0) {
      double[] in = dy.toDoubles();
      int[] where = argmax.toInts();
      int c = (int) dy.size(3);
      int perImage = (int) (dy.size(1) * dy.size(2)) * c;
      int pixels = (int) (dx.size(1) * dx.size(2));
      for (int o = 0; o < in.length; o++) out[(o / perImage * pixels + where[o]) * c + o % c] += in[o];
    }
    write(out, dx);
  }

  private static void write(double[] values, Tensor y) {
    if (y.elements() == 0) return;
    if (y.type() == DType.F64) {
      y.array().assign(Nd4j.createFromArray(values).reshape(y.array().shape()));
      return;
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
    y.backend().upload(FloatBuffer.wrap(floats), y);
  }
}

package io.llama3v.train.loop;

import io.llama3v.backend.Backend;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;

/** A tiny problem: a two-layer net that learns y = sin(2a) + b/2 from points made by counter. */
final class Regression extends Module {
  /** Points and targets; a NaN count of points marks none. */
  record Points(float[] inputs, float[] targets) {
    int size() {
      return targets.length;
    }
  }

  private final Linear hidden = child("hidden", new Linear(2, 16, true, 0.7));
  private final Linear output = child("output", new Linear(16, 1, true, 0.3));
  private final Backend backend;

  Regression(Backend backend, long seed) {
    this.backend = backend;
    initialize(backend, seed);
  }

  Tensor predict(Tensor points) {
    return output.forward(hidden.forward(points).tanh());
  }

  Task<Points> task() {
    return new Task<>() {
      @Override
      public Tensor loss(Points batch, double normalizer) {
        Tensor error = predict(backend.tensor(batch.inputs(), batch.size(), 2)).sub(backend.tensor(batch.targets(), batch.size(), 1));
        return error.mul(error).sum().mul(1 / normalizer);
      }

      @Override
      public double count(Points batch) {
        return batch.size();
      }

      @Override
      public long images(Points batch) {
        return batch.size();
      }
    };
  }

  /** Points {@code [from, from + size)} of the endless stream of a seed. */
  static Points points(long seed, long from, int size) {
    CounterRandom random = new CounterRandom(seed, "points");
    float[] inputs = new float[2 * size];
    float[] targets = new float[size];
    for (int i = 0; i < size; i++) {
      double a = 2 * random.uniform(2 * (from + i)) - 1;
      double b = 2 * random.uniform(2 * (from + i) + 1) - 1;
      inputs[2 * i] = (float) a;
      inputs[2 * i + 1] = (float) b;
      targets[i] = (float) (Math.sin(2 * a) + b / 2);
    }
    return new Points(inputs, targets);
  }

  static BatchSource<Points> batches(long seed, int size) {
    return BatchSource.generate(i -> points(seed, i * size, size));
  }

  /** All weights one after another. */
  float[] weights() {
    float[] all = new float[(int) parameterCount()];
    int at = 0;
    for (var parameter : parameters().values()) {
      float[] values = parameter.toFloats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return Arrays.copyOf(all, at);
  }
}

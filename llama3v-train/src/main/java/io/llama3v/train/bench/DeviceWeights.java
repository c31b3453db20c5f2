package io.llama3v.train.bench;

import io.llama3v.backend.Backend;
import io.llama3v.nn.Module;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/**
 * Weights for a model of GPU size: the processor would draw eight billion numbers for minutes, so one stretch of them is drawn and
 * repeated on the device. Matrices are kept in the type that the backend computes in, as if a checkpoint had held them so; an optimiser
 * takes those that it trains to F32.
 */
final class DeviceWeights {
  private static final int STRETCH = 1 << 22;
  private static final float DEVIATION = 0.02f;

  private DeviceWeights() {}

  static void fill(Module model, Backend backend) {
    float[] drawn = RandomData.normal("weights", STRETCH);
    for (int i = 0; i < drawn.length; i++) drawn[i] *= DEVIATION;
    try (Tensor stretch = backend.detached(DType.F32, STRETCH)) {
      backend.upload(java.nio.FloatBuffer.wrap(drawn), stretch);
      model.parameters().forEach((name, parameter) -> {
        if (parameter.rank() < 2) parameter.initialize(backend, 1, name);
        else repeat(stretch, parameter.allocate(backend, backend.computeType()));
      });
    }
  }

  private static void repeat(Tensor stretch, Parameter parameter) {
    for (long at = 0; at < parameter.elements(); at += STRETCH) {
      long count = Math.min(STRETCH, parameter.elements() - at);
      Tensor from = new Tensor(stretch.backend(), stretch.storage(), stretch.type(), 0, count);
      Tensor to = new Tensor(stretch.backend(), parameter.storage(), parameter.type(), at, count);
      stretch.backend().kernels().copy(from, to);
    }
  }
}

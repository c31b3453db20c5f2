package io.llama3v.vision.copy;

import io.llama3v.backend.Backend;
import io.llama3v.nn.Module;
import io.llama3v.ops.Arithmetic;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;

/**
 * Batch normalisation over the last axis: {@code y = (x - mean) / sqrt(var + 1e-5) * weight + bias}. In evaluation with the running
 * statistics, as a scale and a shift that {@link Convolution} folds into its weights; in training with those of the batch, which
 * move the running ones by a tenth (S. Ioffe, C. Szegedy: Batch normalization, 2015; constants of PyTorch).
 */
final class BatchNorm extends Module {
  private static final double EPSILON = 1e-5;
  private static final float MOMENTUM = 0.1f;
  private final Parameter weight;
  private final Parameter bias;
  private final Parameter mean;
  private final Parameter variance;

  /** @param initial of the weights: 1, or 0 for a block that begins as the identity */
  BatchNorm(long channels, double initial) {
    weight = parameter("weight", Init.constant(initial), channels);
    bias = parameter("bias", zeros(channels));
    mean = parameter("running_mean", zeros(channels));
    variance = parameter("running_var", ones(channels));
    mean.setTrainable(false);
    variance.setTrainable(false);
  }

  /** {@code weight / sqrt(var + epsilon)} [C]. */
  Tensor scale() {
    return weight.mul(inverseDeviation(variance));
  }

  /** {@code bias - mean scale} [C]. */
  Tensor shift(Tensor scale) {
    return bias.sub(mean.mul(scale));
  }

  private static Tensor inverseDeviation(Tensor variance) {
    return variance.add(variance.backend().full(EPSILON, 1)).log().mul(-0.5).exp();
  }

  /** Normalises with the statistics of the batch: x [..., C]. */
  Tensor train(Tensor x) {
    long channels = x.size(-1);
    long rows = x.elements() / channels;
    Tensor flat = x.reshape(rows, channels);
    Tensor batchMean = Arithmetic.sumTo(flat, channels).mul(1.0 / rows);
    Tensor centred = flat.sub(batchMean);
    Tensor batchVariance = Arithmetic.sumTo(centred.mul(centred), channels).mul(1.0 / rows);
    track(mean, batchMean, 1);
    // The running variance is the unbiased one.
    track(variance, batchVariance, rows / Math.max(1.0, rows - 1.0));
    return centred.mul(inverseDeviation(batchVariance).mul(weight)).add(bias).reshape(x.shape());
  }

  private static void track(Parameter running, Tensor batch, double factor) {
    float[] old = running.toFloats();
    float[] now = batch.toFloats();
    for (int c = 0; c < old.length; c++) old[c] += MOMENTUM * ((float) (factor * now[c]) - old[c]);
    Backend backend = running.backend();
    backend.upload(FloatBuffer.wrap(old), running);
  }
}

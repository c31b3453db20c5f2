package io.llama3v.vision.copy;

import io.llama3v.nn.Module;
import io.llama3v.ops.Convolution2d;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/** A convolution without bias, followed by a {@link BatchNorm} of another name: {@code weight} [out, in, size, size]. */
final class Convolution extends Module {
  private final Parameter weight;
  private final int stride;
  private final int padding;

  Convolution(long in, long out, int size, int stride) {
    // He initialisation by fan-out, as torchvision's.
    weight = parameter("weight", Init.normal(Math.sqrt(2.0 / (out * size * size))), out, in, size, size);
    this.stride = stride;
    this.padding = size / 2;
  }

  /** Convolves and normalises: x [N, H, W, in] to [N, H', W', out]. In evaluation the norm costs nothing over the convolution. */
  Tensor forward(Tensor x, BatchNorm norm, boolean training) {
    if (training) return norm.train(Convolution2d.apply(x, weight, null, stride, padding));
    Tensor scale = norm.scale();
    long out = weight.size(0);
    Tensor folded = weight.reshape(out, -1).mul(scale.reshape(out, 1)).reshape(weight.shape());
    return Convolution2d.apply(x, folded, norm.shift(scale), stride, padding);
  }
}

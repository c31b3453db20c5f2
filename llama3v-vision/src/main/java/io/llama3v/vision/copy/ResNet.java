package io.llama3v.vision.copy;

import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.ops.Arithmetic;
import io.llama3v.ops.MaxPool2d;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A ResNet of bottleneck blocks with generalised-mean pooling in front of its linear layer. Names are torchvision's. */
final class ResNet extends Module {
  private static final double SMALLEST = 1e-6;
  private final CopyModelConfig config;
  private final Convolution conv1;
  private final BatchNorm bn1;
  private final List<Bottleneck> blocks = new ArrayList<>();
  private final Linear fc;

  ResNet(CopyModelConfig config) {
    this.config = config;
    conv1 = child("conv1", new Convolution(3, config.width(), 7, 2));
    bn1 = child("bn1", new BatchNorm(config.width(), 1));
    long in = config.width();
    for (int layer = 0; layer < 4; layer++) {
      long width = (long) config.width() << layer;
      for (int block = 0; block < config.layers().get(layer); block++) {
        blocks.add(child("layer" + (layer + 1) + "." + block, new Bottleneck(in, width, block == 0 && layer > 0 ? 2 : 1)));
        in = Bottleneck.EXPANSION * width;
      }
    }
    fc = child("fc", new Linear(in, config.dimension(), true, Math.sqrt(2.0 / (in + config.dimension()))));
  }

  /** Pixels [N, H, W, 3] to numbers [N, dimension], not yet of unit length. */
  Tensor forward(Tensor pixels, boolean training) {
    try (Scope scope = pixels.backend().scope()) {
      Tensor x = stem(pixels, training);
      for (Bottleneck block : blocks) x = block.forward(x, training);
      return scope.keep(fc.forward(pool(x)));
    }
  }

  Tensor stem(Tensor pixels, boolean training) {
    try (Scope scope = pixels.backend().scope()) {
      return scope.keep(MaxPool2d.apply(conv1.forward(pixels, bn1, training).relu(), 3, 2, 1));
    }
  }

  List<Bottleneck> blocks() {
    return blocks;
  }

  /** {@code (mean over pixels of max(x, 1e-6)^p)^(1/p)}: [N, H, W, C] to [N, C] (F. Radenovic and others, 2018). */
  Tensor pool(Tensor x) {
    long n = x.size(0);
    long c = x.size(3);
    Tensor least = x.backend().full(SMALLEST, 1);
    Tensor clamped = x.reshape(n, -1, c).sub(least).relu().add(least);
    Tensor powers = clamped.log().mul(config.power()).exp();
    Tensor mean = Arithmetic.sumTo(powers, n, 1, c).mul(1.0 / powers.size(1)).reshape(n, c);
    return mean.log().mul(1 / config.power()).exp();
  }
}

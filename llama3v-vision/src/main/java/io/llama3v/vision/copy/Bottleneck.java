package io.llama3v.vision.copy;

import io.llama3v.nn.Module;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;

/**
 * A residual block of convolutions 1x1, 3x3 (with the stride), 1x1 to four times the width (K. He and others: Deep residual learning,
 * 2015; stride as in torchvision). Names are torchvision's.
 */
final class Bottleneck extends Module {
  static final int EXPANSION = 4;
  private final Convolution conv1;
  private final BatchNorm bn1;
  private final Convolution conv2;
  private final BatchNorm bn2;
  private final Convolution conv3;
  private final BatchNorm bn3;
  private final Convolution shortcut;
  private final BatchNorm shortcutNorm;

  Bottleneck(long in, long width, int stride) {
    long out = EXPANSION * width;
    conv1 = child("conv1", new Convolution(in, width, 1, 1));
    bn1 = child("bn1", new BatchNorm(width, 1));
    conv2 = child("conv2", new Convolution(width, width, 3, stride));
    bn2 = child("bn2", new BatchNorm(width, 1));
    conv3 = child("conv3", new Convolution(width, out, 1, 1));
    bn3 = child("bn3", new BatchNorm(out, 0));
    boolean changes = stride != 1 || in != out;
    shortcut = changes ? child("downsample.0", new Convolution(in, out, 1, stride)) : null;
    shortcutNorm = changes ? child("downsample.1", new BatchNorm(out, 1)) : null;
  }

  Tensor forward(Tensor x, boolean training) {
    try (Scope scope = x.backend().scope()) {
      Tensor h = conv1.forward(x, bn1, training).relu();
      h = conv2.forward(h, bn2, training).relu();
      h = conv3.forward(h, bn3, training);
      Tensor skipped = shortcut == null ? x : shortcut.forward(x, shortcutNorm, training);
      return scope.keep(h.add(skipped).relu());
    }
  }
}

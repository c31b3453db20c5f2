package io.llama3v.vision.copy;

import io.llama3v.io.TensorInfo;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a copy-detection network and how its input is prepared. Colours are normalised with ImageNet's means and deviations.
 *
 * @param width     channels of the stem; 64 in ResNet-50
 * @param layers    blocks of each of the four layers; 3, 4, 6, 3 in ResNet-50
 * @param dimension numbers in a descriptor; 512 in SSCD
 * @param power     p of the generalised mean; 3 in SSCD
 * @param side      pictures are resized to a square of that many pixels; 320 for SSCD
 */
public record CopyModelConfig(int width, List<Integer> layers, int dimension, double power, int side) {
  /** Checks the sizes. */
  public CopyModelConfig {
    layers = List.copyOf(layers);
    if (width < 1 || width > 1024 || layers.size() != 4 || layers.stream().anyMatch(n -> n < 1 || n > 100) || dimension < 1
        || dimension > 1 << 16 || !(power > 0 && power <= 100) || side < 32 || side > 4096) {
      throw new IllegalArgumentException("copy-detection network of width " + width + ", layers " + layers + ", dimension " + dimension
          + ", power " + power + ", side " + side + "; expected a width of 1 to 1024, four layers of 1 to 100 blocks, a dimension of at most"
          + " 65536, a power above 0 and a side of 32 to 4096");
    }
  }

  /** The architecture of SSCD's {@code sscd_disc_*} with ResNet-50. */
  public static CopyModelConfig sscd() {
    return new CopyModelConfig(64, List.of(3, 4, 6, 3), 512, 3, 320);
  }

  /** A network small enough to be trained on a CPU in minutes. */
  public static CopyModelConfig small() {
    return new CopyModelConfig(16, List.of(1, 1, 1, 1), 128, 3, 96);
  }

  /**
   * Reads the shape off a checkpoint in torchvision's names.
   *
   * @param prefix of all names, {@code backbone.} in SSCD's files, or empty
   */
  static CopyModelConfig infer(WeightSource source, String prefix, double power, int side) throws IOException {
    TensorInfo stem = require(source, prefix + "conv1.weight", 4);
    TensorInfo head = require(source, prefix + "fc.weight", 2);
    List<Integer> layers = new ArrayList<>();
    for (int layer = 1; layer <= 4; layer++) {
      int blocks = 0;
      while (source.contains(prefix + "layer" + layer + "." + blocks + ".conv3.weight")) blocks++;
      if (blocks == 0) {
        throw new IllegalArgumentException(source.describe() + ": no " + prefix + "layer" + layer + ".0.conv3.weight; expected a ResNet of"
            + " bottleneck blocks (ResNet-50 and larger) in torchvision's names");
      }
      layers.add(blocks);
    }
    return new CopyModelConfig(Math.toIntExact(stem.shape()[0]), layers, Math.toIntExact(head.shape()[0]), power, side);
  }

  private static TensorInfo require(WeightSource source, String name, int rank) throws IOException {
    TensorInfo info = source.info(name);
    if (info.shape().length != rank) {
      throw new IllegalArgumentException(source.describe() + ": " + name + " has shape " + Shape.text(info.shape()) + "; expected " + rank + " axes");
    }
    return info;
  }
}

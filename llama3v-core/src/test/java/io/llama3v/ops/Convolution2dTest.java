package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolution and pooling worked out by hand; a whole network against PyTorch is in the vision module. */
class Convolution2dTest {
  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "cpu"})
  void byHand(String name) {
    try (Backend backend = Backend.named(name); Scope scope = backend.scope()) {
      // One image of 3 by 3 with two channels: 1..9 and ten times that.
      float[] pixels = new float[18];
      for (int i = 0; i < 9; i++) {
        pixels[2 * i] = i + 1;
        pixels[2 * i + 1] = 10 * (i + 1);
      }
      Tensor x = backend.tensor(pixels, 1, 3, 3, 2);
      // The first filter takes the right neighbour of channel 0 and nothing of channel 1, the second the pixel above of channel 1.
      float[] weight = new float[2 * 2 * 9];
      weight[5] = 1;
      weight[18 + 9 + 1] = 1;
      Tensor w = backend.tensor(weight, 2, 2, 3, 3);
      Tensor b = backend.tensor(new float[] {100, 0}, 2);
      assertArrayEquals(new float[] {102, 0, 103, 0, 100, 0, 105, 10, 106, 20, 100, 30, 108, 40, 109, 50, 100, 60},
          Convolution2d.apply(x, w, b, 1, 1).toFloats());
      assertArrayEquals(new float[] {102, 0, 100, 0, 108, 40, 100, 60}, Convolution2d.apply(x, w, b, 2, 1).toFloats());
      assertArrayEquals(new float[] {106, 20}, Convolution2d.apply(x, w, b, 1, 0).toFloats());
      Tensor negative = x.mul(-1);
      assertArrayEquals(new float[] {-1, -10, -2, -20, -4, -40, -5, -50}, MaxPool2d.apply(negative, 3, 2, 1).toFloats(),
          "what lies outside is not 0");
      assertArrayEquals(new float[] {9, 90}, MaxPool2d.apply(x, 3, 1, 0).toFloats());
      String message = assertThrows(IllegalArgumentException.class, () -> Convolution2d.apply(x, backend.zeros(1, 2, 4, 4), null, 1, 0))
          .getMessage();
      assertTrue(message.contains("4x4") && message.contains("[1, 3, 3, 2]"), message);
    }
  }
}

package io.llama3v.data.curate.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model written by hand, field by field of onnx.proto: the mean of each colour over the picture. */
class OnnxDescriptorTest {
  @TempDir
  private Path folder;

  private static byte[] number(int field, int value) {
    return new byte[] {(byte) (field << 3), (byte) value};
  }

  private static byte[] bytes(int field, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] p : parts) content.writeBytes(p);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(field << 3 | 2);
    for (int n = content.size(); ; n >>= 7) {
      out.write(n > 127 ? n & 127 | 128 : n);
      if (n <= 127) break;
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static byte[] text(int field, String s) {
    return bytes(field, s.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] value(int field, String name, Object... dimensions) {
    byte[][] dims = new byte[dimensions.length][];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = bytes(1, dimensions[i] instanceof Integer n ? number(1, n) : text(2, (String) dimensions[i]));
    }
    return bytes(field, text(1, name), bytes(2, bytes(1, number(1, 1), bytes(2, dims))));
  }

  private static byte[] model(Object batch, int channels) {
    byte[] pool = bytes(1, text(1, "x"), text(2, "pooled"), text(4, "GlobalAveragePool"));
    byte[] flatten = bytes(1, text(1, "pooled"), text(2, "y"), text(4, "Flatten"));
    byte[] graph = bytes(7, pool, flatten, text(2, "means"), value(11, "x", batch, channels, 8, 8), value(12, "y", batch, channels));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : new byte[][] {number(1, 8), graph, bytes(8, text(1, ""), number(2, 13))}) all.writeBytes(part);
    return all.toByteArray();
  }

  @Test
  void meansByHand() throws IOException {
    for (Object batch : new Object[] {"n", 1, 5}) {
      Path file = Files.write(folder.resolve("means-" + batch + ".onnx"), model(batch, 3));
      try (OnnxDescriptor descriptor = new OnnxDescriptor(file)) {
        assertEquals(3, descriptor.dimension());
        float[] v = descriptor.describe(List.of(RgbImage.filled(20, 10, 0xFF0080)))[0];
        double[] x = {(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (128 / 255.0 - 0.406) / 0.225};
        double norm = Math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
        for (int c = 0; c < 3; c++) assertEquals(x[c] / norm, v[c], 1e-5);
        List<RgbImage> many = Collections.nCopies(11, RgbImage.filled(9, 9, 0xFF0080));
        for (float[] again : descriptor.describe(many)) assertArrayEquals(v, again, 1e-6f);
        assertEquals(0, descriptor.describe(List.of()).length);
      }
    }
  }

  @Test
  void othersAreRefused() throws IOException {
    Path grey = Files.write(folder.resolve("grey.onnx"), model("n", 1));
    String message = assertThrows(IOException.class, () -> new OnnxDescriptor(grey)).getMessage();
    assertTrue(message.contains("grey.onnx") && message.contains("[N, 3, side, side]"), message);
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
    assertTrue(assertThrows(IOException.class, () -> new OnnxDescriptor(text)).getMessage().contains("text.onnx"));
    assertThrows(IOException.class, () -> new OnnxDescriptor(folder.resolve("absent.onnx")));
    Path a = Files.write(folder.resolve("a.onnx"), model(1, 3));
    Path b = Files.write(folder.resolve("b.onnx"), model(2, 3));
    try (OnnxDescriptor first = new OnnxDescriptor(a); OnnxDescriptor second = new OnnxDescriptor(b)) {
      assertNotEquals(first.fingerprint(), second.fingerprint());
    }
  }
}

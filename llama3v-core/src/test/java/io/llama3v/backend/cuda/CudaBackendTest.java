package io.llama3v.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

/** The backend's memory and transfers, on a device that is this machine's memory. */
class CudaBackendTest {
  private final CudaBackend backend = new CudaBackend(new HostDevice(), Precision.BF16);

  @Test
  void bf16RoundsToTheNearestOnTheWayInAndWidensOnTheWayOut() {
    try (Tensor t = backend.detached(DType.BF16, 4)) {
      // 1 + 2^-8 lies halfway between two bfloat16: ties go to the even one.
      backend.upload(FloatBuffer.wrap(new float[] {1.5f, 1 + 0x1p-8f, 1 + 3 * 0x1p-8f, -3.14159f}), t);
      assertArrayEquals(new float[] {1.5f, 1, 1 + 0x1p-6f, -3.140625f}, t.toFloats());
      assertArrayEquals(new double[] {1.5, 1, 1 + 0x1p-6, -3.140625}, t.array().toDoubleVector());
    }
    backend.close();
  }

  @Test
  void transfersLargerThanTheStagingBuffer() {
    float[] values = new float[(1 << 19) + 77];
    for (int i = 0; i < values.length; i++) values[i] = i;
    try (Tensor t = backend.tensor(values, values.length)) {
      assertArrayEquals(values, t.toFloats());
    }
    backend.close();
  }

  @Test
  void bytesGoInAsTheyAre() {
    ByteBuffer bytes = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putShort((short) 0x3f80).putShort((short) 0xc000).flip();
    try (Tensor t = backend.detached(DType.BF16, 2)) {
      backend.uploadBytes(bytes, t);
      assertArrayEquals(new float[] {1, -2}, t.toFloats());
      assertThrows(IllegalArgumentException.class, () -> backend.uploadBytes(bytes.slice().limit(2), t));
    }
    backend.close();
  }

  @Test
  void noDoubles() {
    assertFalse(backend.supports(DType.F64));
    String text = assertThrows(IllegalArgumentException.class, () -> backend.detached(DType.F64, 2)).getMessage();
    assertTrue(text.contains("--backend nd4j"), text);
    backend.close();
  }

  @Test
  void bf16NeedsAmpere() {
    HostDevice turing = new HostDevice(new DeviceInfo("T4", 7, 5, 40, 1 << 20, 64 << 10, ""));
    String text = assertThrows(IllegalArgumentException.class, () -> new CudaBackend(turing, Precision.BF16)).getMessage();
    assertTrue(text.contains("T4 has 7.5") && text.contains("--precision fp32"), text);
    new CudaBackend(turing, Precision.FP32).close();
  }

  @Test
  void whichAttentionKernel() {
    DeviceInfo hopper = new DeviceInfo("H200", 9, 0, 132, 1L << 37, 227 << 10, "");
    DeviceInfo turing = new DeviceInfo("T4", 7, 5, 40, 1L << 34, 64 << 10, "");
    assertTrue(AttentionKernels.Plan.of(DType.BF16, 80, true, hopper).matrix());
    assertFalse(AttentionKernels.Plan.of(DType.BF16, 80, false, hopper).matrix(), "unaligned");
    assertFalse(AttentionKernels.Plan.of(DType.BF16, 20, true, hopper).matrix(), "rows of 40 bytes");
    assertFalse(AttentionKernels.Plan.of(DType.BF16, 256, true, hopper).matrix(), "too large for the registers");
    assertFalse(AttentionKernels.Plan.of(DType.F32, 64, true, hopper).matrix());
    // 2 (64 · 129 + 64 · 128 + 64 · 65) floats are 164,864 bytes: Hopper has them, Ada's 99 KB and Turing's 64 KB are too few.
    assertEquals(64, AttentionKernels.Plan.of(DType.F32, 128, true, hopper).tile());
    assertEquals(164_864, AttentionKernels.Plan.of(DType.F32, 128, true, hopper).keysBytes());
    assertEquals(32, AttentionKernels.Plan.of(DType.F32, 128, true, new DeviceInfo("L4", 8, 9, 58, 1L << 34, 99 << 10, "")).tile());
    assertEquals(16, AttentionKernels.Plan.of(DType.F32, 128, true, turing).tile());
    assertThrows(IllegalArgumentException.class, () -> AttentionKernels.Plan.of(DType.F32, 4096, true, turing));
  }
}

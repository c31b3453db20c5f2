package io.llama3v.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.DeviceMemoryException;
import io.llama3v.backend.MemoryUse;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import org.junit.jupiter.api.Test;

/** Reuse, accounts, and what is said when memory runs out. */
class DevicePoolTest {
  private static final long MB = 1 << 20;

  private final HostDevice device = new HostDevice(new DeviceInfo("Tiny GPU", 9, 0, 4, 32 * MB, 48 << 10, ""));
  private final DevicePool pool = new DevicePool(device);

  @Test
  void blocksOfNearlyTheSameSizeAreUsedAgain() {
    DevicePool.Block block = pool.take(4 * MB, MemoryUse.ACTIVATIONS);
    pool.give(block);
    assertSame(block, pool.take(4 * MB - 300_000, MemoryUse.GRADIENTS));
    assertNotSame(block, pool.take(3 * MB, MemoryUse.ACTIVATIONS));
    assertEquals(4 * MB, pool.held().get(MemoryUse.GRADIENTS));
    assertEquals(3 * MB, pool.held().get(MemoryUse.ACTIVATIONS));
    assertEquals(7 * MB, pool.live());
    assertEquals(7 * MB, pool.peak());
  }

  @Test
  void aBlockOfAnotherSizeMakesRoom() {
    pool.give(pool.take(20 * MB, MemoryUse.ACTIVATIONS));
    assertEquals(20 * MB, pool.cached());
    pool.give(pool.take(30 * MB, MemoryUse.ACTIVATIONS));
    assertEquals(30 * MB, pool.cached());
    pool.trim();
    device.close();
  }

  @Test
  void idleOnceTheDeviceHasBeenWaitedFor() {
    DevicePool.Block block = pool.take(1000, MemoryUse.ACTIVATIONS);
    assertTrue(pool.idle(block), "memory that nobody has used");
    pool.give(block);
    block = pool.take(1000, MemoryUse.ACTIVATIONS);
    assertFalse(pool.idle(block), "its last user may still be at work");
    pool.give(block);
    pool.waited();
    assertTrue(pool.idle(pool.take(1000, MemoryUse.ACTIVATIONS)));
  }

  @Test
  void outOfMemorySaysWhatWhoAndWhatToDo() {
    try (CudaBackend backend = new CudaBackend(device, Precision.FP32)) {
      Parameter weight = new Parameter("weight", Init.ZEROS, 2 * MB);
      weight.allocate(backend);
      DeviceMemoryException e = assertThrows(DeviceMemoryException.class, () -> backend.detached(DType.F32, 3, 4 * MB));
      assertEquals(48 * MB, e.requested());
      assertEquals(MemoryUse.STATE, e.use());
      assertEquals(8 * MB, e.held().get(MemoryUse.WEIGHTS));
      String text = e.getMessage();
      assertTrue(text.contains("48.0 MB for F32[3, 4194304] (state)"), text);
      assertTrue(text.contains("Tiny GPU (32.0 MB, of which 24.0 MB are free"), text);
      assertTrue(text.contains("In use: weights 8.0 MB."), text);
      assertTrue(text.contains("training.recompute") && text.contains("--precision bf16"), text);
      Parameter large = new Parameter("up_proj", Init.ZEROS, 3, 4 * MB);
      assertTrue(assertThrows(DeviceMemoryException.class, () -> large.allocate(backend)).getMessage().contains("weight 'up_proj' F32[3, 4194304]"));
      weight.close();
    }
  }
}

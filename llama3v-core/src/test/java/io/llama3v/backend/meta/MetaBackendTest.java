package io.llama3v.backend.meta;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.llama3v.backend.AdamWStep;
import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.backend.BinaryOp;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.UnaryOp;
import io.llama3v.backend.nd4j.Nd4jBackend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.ops.LinearMap;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MetaBackendTest {
  /** Vocabulary 50, width 16, MLP 24, 2 blocks, 4 query and 2 key heads of 4. */
  private static final LlamaConfig CONFIG = LlamaConfig.small(50, 16, 24, 2, 4, 2, false, 0, 1);

  private static TextBatch batch() {
    int[] ids = new int[3 * 7];
    Arrays.setAll(ids, i -> i % 50);
    return new TextBatch(3, 7, ids, ids, null, null);
  }

  @Test
  void everyKernelHasACost() {
    try (MetaBackend meta = new MetaBackend()) {
      for (Method kernel : Kernels.class.getMethods()) {
        if (kernel.isDefault()) continue;
        Object[] arguments = Arrays.stream(kernel.getParameterTypes()).map(type -> argument(meta, type)).toArray();
        assertDoesNotThrow(() -> kernel.invoke(meta.kernels(), arguments), kernel.getName() + ": add it to KernelCost");
      }
    }
  }

  private static Object argument(MetaBackend meta, Class<?> type) {
    if (type == Tensor.class) return meta.empty(DType.F32, 2, 4, 2, 4);
    if (type == Tensor[].class) return new Tensor[] {meta.empty(DType.F32, 2, 4), null};
    if (type == long.class) return 2L;
    if (type == int.class) return 2;
    if (type == double.class) return 1.0;
    if (type == boolean.class) return false;
    if (type == int[].class) return new int[] {1, 0, 2, 3};
    if (type == UnaryOp.class) return UnaryOp.GELU;
    if (type == BinaryOp.class) return BinaryOp.ADD;
    if (type == AttentionMask.class) return AttentionMask.CAUSAL;
    if (type == AdamWStep.class) return new AdamWStep(1, 0, 0, 0, 0, 1, 1);
    throw new AssertionError("this test needs to know how to make a " + type);
  }

  @Test
  void operationsOfAStepAreThoseCountedByHand() {
    try (MetaBackend meta = new MetaBackend(); LlamaModel model = new LlamaModel(CONFIG)) {
      meta.allocate(model.parameters().values());
      try (Tape tape = Tape.record(meta)) {
        tape.backward(model.loss(batch(), 18));
      }
      // A block: q and o 16x16, k and v 8x16, three of 24x16: 1920 weights, 21 tokens; the head 50x16 on the 18 with a successor.
      // A token costs 2 operations a weight forward and 4 backward. Causal attention: 7·8/2 = 28 pairs a row, 16 channels,
      // 2 products of 2 operations forward and twice that backward.
      long weights = 6L * (2 * 1920 * 21 + 800 * 18);
      long attention = 3L * 2 * (3 * 28 * 16 * 4);
      assertEquals(weights + attention, meta.operations());
    }
  }

  @Test
  void productsInBf16ReadWeightsThroughACopyThatLivesAsLong() {
    try (MetaBackend meta = new MetaBackend(DType.BF16)) {
      Tensor weight = meta.detached(DType.F32, 5, 4);
      Tensor x = meta.detached(DType.BF16, 3, 4);
      Tensor y = meta.detached(DType.BF16, 3, 5);
      assertEquals(4 * 20 + 2 * 12 + 2 * 15, meta.liveBytes());
      meta.kernels().linear(x, weight, null, y);
      meta.kernels().matmul(x, false, weight, true, y, 1, 3, 5, 4, 1, 0);
      assertEquals(2 * 20, meta.copiedBytes());
      assertEquals(4 * 20 + 2 * 12 + 2 * 15 + 2 * 20, meta.liveBytes());
      assertEquals(meta.liveBytes(), meta.peakBytes());
      weight.close();
      assertEquals(2 * 12 + 2 * 15, meta.liveBytes());
      assertEquals(0, meta.copiedBytes());
    }
  }

  @Test
  void memoryIsThatOfARealBackend() {
    try (MetaBackend meta = new MetaBackend(); Backend real = new Nd4jBackend();
        LlamaModel counted = new LlamaModel(CONFIG); LlamaModel computed = new LlamaModel(CONFIG)) {
      meta.allocate(counted.parameters().values());
      computed.initialize(real, 1);
      assertEquals(real.liveBytes(), meta.liveBytes());
      for (int step = 0; step < 2; step++) {
        step(meta, counted);
        step(real, computed);
        assertEquals(real.liveBytes(), meta.liveBytes());
        assertEquals(real.peakBytes(), meta.peakBytes());
      }
    }
  }

  private static void step(Backend backend, LlamaModel model) {
    try (Tape tape = Tape.record(backend)) {
      tape.backward(model.loss(batch(), 18));
    }
  }

  @Test
  void frozenWeightsCostNoGradient() {
    try (MetaBackend meta = new MetaBackend()) {
      Tensor x = meta.zeros(5, 3).requireGrad(true);
      Tensor weight = meta.zeros(4, 3);
      try (Tape tape = Tape.record(meta)) {
        tape.backward(LinearMap.apply(x, weight, null).sum());
      }
      assertEquals(2 * (2 * 5 * 3 * 4), meta.operations());
    }
  }

  @Test
  void valuesAreRefused() {
    try (MetaBackend meta = new MetaBackend()) {
      Tensor x = meta.zeros(2);
      assertThrows(UnsupportedOperationException.class, x::array);
    }
  }
}

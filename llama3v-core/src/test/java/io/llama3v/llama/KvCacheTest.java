package io.llama3v.llama;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Scope;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a cache refuses, and that going on from one gives the numbers of starting over. */
@SuppressWarnings("try")
class KvCacheTest {
  private static final LlamaConfig SHAPE = LlamaConfig.small(23, 12, 20, 2, 6, 2, false, 1, 2);

  private static LlamaModel model(Backend backend) {
    LlamaModel model = new LlamaModel(SHAPE);
    model.initialize(backend, 3);
    return model;
  }

  private static KvCache cache(Backend backend, int batch, int capacity) {
    return new KvCache(backend, SHAPE, SHAPE.layers(), batch, capacity);
  }

  @Test
  void tokensFromTheCacheSeeWhatTheyWouldSeeInOneGo() {
    try (Backend backend = Backend.named("cpu"); LlamaModel model = model(backend); Scope scope = backend.scope();
        CausalModel.Session session = model.open(backend, 7)) {
      float[] all = model.logits(TextBatch.of(1, 5, 9, 2, 7, 7, 3)).toFloats();
      session.next(1, 5, 9);
      session.next(2);
      float[] last = session.next(7, 7, 3);
      float[] expected = java.util.Arrays.copyOfRange(all, 6 * 23, 7 * 23);
      assertArrayEquals(expected, last, 1e-5f);
      assertTrue(assertThrows(IllegalStateException.class, () -> session.next(4)).getMessage().contains("7 of 7"));
      assertThrows(IllegalArgumentException.class, session::next);
    }
  }

  @Test
  void whatWouldBeShownToLaterTokensByMistakeIsRefused() {
    try (Backend backend = Backend.named("cpu"); LlamaModel model = model(backend); Scope scope = backend.scope();
        KvCache two = cache(backend, 2, 8); KvCache one = cache(backend, 1, 8)) {
      TextBatch padded = new TextBatch(2, 3, new int[] {1, 4, 5, 1, 6, 0}, null, new float[] {1, 1, 1, 1, 1, 0}, null);
      assertTrue(assertThrows(IllegalArgumentException.class, () -> model.hidden(padded, two, null)).getMessage().contains("row 1 has padding"));
      TextBatch whole = new TextBatch(2, 3, new int[] {1, 4, 5, 1, 6, 7}, null, new float[] {1, 1, 1, 1, 1, 1}, null);
      model.hidden(whole, two, null);
      assertEquals(3, two.length());
      assertThrows(IllegalArgumentException.class, () -> model.hidden(whole, one, null));
      assertEquals(0, one.length());
      assertThrows(IllegalStateException.class, () -> two.advance(6));
      assertThrows(IllegalStateException.class, () -> two.advance(-1));
      assertThrows(IllegalArgumentException.class, () -> cache(backend, 0, 8));
      assertThrows(IllegalArgumentException.class, () -> cache(backend, 1, 0));
    }
  }

  @Test
  void generationAsksForNoNegativeNumberOfTokens() {
    try (Backend backend = Backend.named("cpu"); LlamaModel model = model(backend)) {
      assertEquals(0, TextGenerator.generate(model, backend, new int[] {1}, 0, Sampling.GREEDY, Set.of()).length);
      assertThrows(IllegalArgumentException.class, () -> TextGenerator.generate(model, backend, new int[] {1}, -1, Sampling.GREEDY, Set.of()));
      assertThrows(IllegalArgumentException.class, () -> TextGenerator.generate(model, backend, new int[0], 1, Sampling.GREEDY, Set.of()));
    }
  }
}

package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.RowPacking;
import io.llama3v.llama.TextBatch;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.Encoded;
import io.llama3v.train.TinyVlm;
import io.llama3v.vision.image.TiledImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Samples that share rows have the losses and gradients that they have in rows of their own, with images and without. */
class PackingTest {
  private static final int PAD = 3;
  private Backend backend;

  @BeforeEach
  void open() {
    backend = Backend.named("cpu");
  }

  @AfterEach
  void close() {
    backend.close();
  }

  /** A loss and the gradients of everything that trains. */
  private record Outcome(double loss, Map<String, float[]> gradients) {}

  private Outcome backward(Module model, Supplier<Tensor> loss) {
    model.clearGrads();
    try (Tape tape = Tape.record(backend)) {
      Tensor value = loss.get();
      double number = value.item();
      tape.backward(value);
      Map<String, float[]> gradients = new LinkedHashMap<>();
      model.parameters().forEach((name, p) -> {
        if (p.grad() != null) gradients.put(name, p.grad().toFloats());
      });
      model.clearGrads();
      return new Outcome(number, gradients);
    }
  }

  private static void same(Outcome expected, Outcome actual) {
    assertEquals(expected.loss, actual.loss, 1e-6 * Math.abs(expected.loss));
    assertEquals(expected.gradients.keySet(), actual.gradients.keySet());
    expected.gradients.forEach((name, gradient) -> {
      float largest = 0;
      for (float g : gradient) largest = Math.max(largest, Math.abs(g));
      // A gate's gradient is a sum of thousands of terms that all but cancel: its rounding is that of the terms.
      assertArrayEquals(gradient, actual.gradients.get(name), 2e-5f * largest + (name.contains("gate") ? 1e-6f : 1e-8f), name);
    });
  }

  @Test
  void textsThatShareRows() {
    List<int[]> texts = List.of(TinyVlm.ids(9, 1), TinyVlm.ids(3, 2), TinyVlm.ids(80, 3), TinyVlm.ids(6, 4), TinyVlm.ids(70, 5), TinyVlm.ids(2, 6));
    RowPacking packing = RowPacking.firstFit(texts.stream().mapToInt(t -> t.length).toArray(), 96);
    assertEquals(List.of(List.of(2, 0, 3), List.of(4, 1, 5)), packing.rows());
    try (LlamaModel model = new LlamaModel(LlamaConfig.small(40, 24, 40, 3, 4, 2, false, 1, 2))) {
      model.initialize(backend, 5);
      TextBatch packed = TextBatch.packed(texts, texts, PAD, packing);
      TextBatch alone = TextBatch.padded(texts, texts, PAD);
      assertEquals(95, packed.length());
      assertEquals(8 + 2 + 79 + 5 + 69 + 1, packed.counted(), "no text is asked for the first token of the next");
      assertEquals(alone.counted(), packed.counted());
      Outcome apart = backward(model, () -> model.loss(alone, alone.counted()));
      same(apart, backward(model, () -> model.loss(packed, packed.counted())));
      TextBatch blended = new TextBatch(2, 95, packed.ids(), packed.labels(), packed.attend(), null);
      assertTrue(Math.abs(apart.loss - model.loss(blended, packed.counted()).item()) > 1e-4, "borders matter to this model");
    }
  }

  /** A text whose images stand at given places, with labels from the middle on. */
  private static VlmBatch.Item item(int length, int seed, List<TiledImage> images, int... places) {
    int[] ids = TinyVlm.ids(length, seed);
    int[] labels = ids.clone();
    for (int place : places) ids[place] = TinyVlm.IMAGE;
    Arrays.fill(labels, 0, length / 2, Encoded.IGNORE);
    for (int place : places) labels[place] = Encoded.IGNORE;
    return new VlmBatch.Item(new Encoded(ids, labels, places), images);
  }

  private List<VlmBatch.Item> samples() {
    return List.of(item(12, 1, List.of(TinyVlm.picture(16, 16, 1)), 1), item(20, 2, List.of(TinyVlm.picture(32, 16, 2), TinyVlm.picture(16, 40, 3)), 1, 9),
        item(7, 3, List.of()), item(9, 4, List.of(TinyVlm.picture(20, 20, 4)), 4), item(15, 5, List.of(TinyVlm.picture(33, 30, 5), TinyVlm.picture(16, 16, 6)), 2, 3),
        item(5, 6, List.of()));
  }

  @Test
  void imagesOfTextsThatShareRows() throws IOException {
    List<VlmBatch.Item> items = samples();
    RowPacking packing = RowPacking.firstFit(items.stream().mapToInt(i -> i.text().length()).toArray(), 36);
    assertEquals(List.of(List.of(1, 4), List.of(0, 3, 2, 5)), packing.rows());
    try (VisionLanguageModel model = TinyVlm.open(backend)) {
      VlmBatch packed = VlmBatch.collate(items, packing, TinyVlm.TRANSFORM, PAD);
      VlmBatch alone = VlmBatch.collate(items, TinyVlm.TRANSFORM, PAD);
      assertEquals(4, packed.images().images());
      assertEquals(2, alone.images().images());
      assertEquals(alone.text().counted(), packed.text().counted());
      double n = alone.text().counted();
      same(backward(model, () -> model.loss(alone.text(), alone.images(), n)),
          backward(model, () -> model.loss(packed.text(), packed.images(), n)));
    }
  }

  @Test
  void rowsWithImagesAndWithoutMix() throws IOException {
    List<VlmBatch.Item> items = samples();
    try (VisionLanguageModel model = TinyVlm.open(backend)) {
      VlmBatch mixed = VlmBatch.collate(items, TinyVlm.TRANSFORM, PAD);
      double n = mixed.text().counted();
      double sum = 0;
      List<Outcome> single = new ArrayList<>();
      for (VlmBatch.Item item : items) {
        VlmBatch one = VlmBatch.collate(List.of(item), TinyVlm.TRANSFORM, PAD);
        if (item.images().isEmpty()) {
          assertNull(one.images());
          sum += model.loss(one.text(), null, n).item();
        } else {
          Outcome outcome = backward(model, () -> model.loss(one.text(), one.images(), n));
          sum += outcome.loss;
          single.add(outcome);
        }
      }
      Map<String, float[]> gradients = new LinkedHashMap<>();
      for (Outcome o : single) {
        o.gradients.forEach((name, g) -> gradients.merge(name, g.clone(), (a, b) -> {
          for (int i = 0; i < a.length; i++) a[i] += b[i];
          return a;
        }));
      }
      // Every token counts once, whichever row it stands in; rows without an image move nothing, since the language model is frozen.
      same(new Outcome(sum, gradients), backward(model, () -> model.loss(mixed.text(), mixed.images(), n)));
    }
  }

  @Test
  void answersToOnePictureShareItsEncoding() throws IOException {
    TiledImage picture = TinyVlm.picture(20, 20, 4);
    List<VlmBatch.Item> items = List.of(item(9, 4, List.of(picture), 4), item(11, 7, List.of(picture), 4));
    try (VisionLanguageModel model = TinyVlm.open(backend)) {
      VlmBatch packed = VlmBatch.collate(items, new RowPacking(List.of(List.of(0, 1))), TinyVlm.TRANSFORM, PAD);
      assertEquals(1, packed.images().images());
      VlmBatch alone = VlmBatch.collate(items, TinyVlm.TRANSFORM, PAD);
      double n = alone.text().counted();
      same(backward(model, () -> model.loss(alone.text(), alone.images(), n)),
          backward(model, () -> model.loss(packed.text(), packed.images(), n)));
    }
  }
}

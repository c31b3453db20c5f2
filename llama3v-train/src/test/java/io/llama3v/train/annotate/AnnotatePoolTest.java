package io.llama3v.train.annotate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.llama.Sampling;
import io.llama3v.train.Llama3V;
import io.llama3v.train.cli.TinyModels;
import io.llama3v.train.stage.ClipPicture;
import io.llama3v.train.stage.TinyShards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures from data, described by a real CLIP, drafted by a real model; both with random weights. */
class AnnotatePoolTest {
  @TempDir
  Path folder;

  private static AnnotationPlan plan(String data, Path descriptor, int pool, List<String> questions, List<String> like, long seed) {
    return new AnnotationPlan(data, descriptor, ClipPicture.COLOUR, questions, pool, 2, 4, EnumSet.allOf(Task.class), 2, 0.5, like, 3, seed);
  }

  @Test
  void aPoolOfDescribedPicturesInClusters() throws IOException {
    TinyShards.write(folder.resolve("shards"));
    String data = folder.resolve("shards/train-*.tar").toString();
    try (Backend backend = Backend.named("cpu")) {
      TinyModels.write(backend, folder.resolve("llama"), folder.resolve("clip"));
      List<Picture> pool = PoolBuilder.build(plan(data, folder.resolve("clip"), 8, List.of(), List.of(), 1), folder, backend);
      assertEquals(8, pool.size());
      Set<String> names = new HashSet<>();
      for (Picture p : pool) {
        names.add(p.name());
        int i = Integer.parseInt(p.name().replaceAll(".*#s", ""));
        assertEquals(i % 3 == 0 ? "colour" : "What does the picture show?", p.question(), "a sample's own question, where it has one");
        double squares = 0;
        for (float v : p.vector()) squares += v * v;
        assertEquals(1, squares, 1e-5);
        assertTrue(p.cluster() == 0 || p.cluster() == 1);
      }
      assertEquals(8, names.size());
      List<Picture> again = PoolBuilder.build(plan(data, folder.resolve("clip"), 8, List.of(), List.of(), 1), folder, backend);
      for (int i = 0; i < 8; i++) {
        assertEquals(pool.get(i).name(), again.get(i).name());
        assertEquals(pool.get(i).cluster(), again.get(i).cluster());
        assertArrayEquals(pool.get(i).vector(), again.get(i).vector());
      }
      List<Picture> other = PoolBuilder.build(plan(data, folder.resolve("clip"), 8, List.of("Why?"), List.of(), 2), folder, backend);
      assertNotEquals(pool.stream().map(Picture::name).toList(), other.stream().map(Picture::name).toList());
      assertTrue(other.stream().allMatch(p -> p.question().equals("Why?")));
    }
  }

  @Test
  void aFolderOfPicturesSomeDamaged() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos/deep"));
    TinyModels.picture(folder.resolve("photos/a.png"), 20, 10);
    TinyModels.picture(photos.resolve("b.PNG"), 10, 10);
    Files.writeString(folder.resolve("photos/broken.jpg"), "no picture");
    Files.writeString(folder.resolve("photos/notes.txt"), "no picture");
    List<Picture> pool = PoolBuilder.build(plan(folder.resolve("photos").toString(), null, 9, List.of(), List.of(), 1), folder, null);
    assertEquals(Set.of("a.png", "b.PNG"), Set.copyOf(pool.stream().map(p -> Path.of(p.name()).getFileName().toString()).toList()));
    assertEquals(List.of(), Neighbours.of(pool, 0, 3, p -> true), "nothing describes them");
    Files.createDirectories(folder.resolve("empty"));
    assertThrows(IOException.class, () -> PoolBuilder.build(plan(folder.resolve("empty").toString(), null, 9, List.of(), List.of(), 1), folder, null));
  }

  @Test
  void aModelDraftsAndSeedPicturesComeFirst() throws Exception {
    TinyShards.write(folder.resolve("shards"));
    String data = folder.resolve("shards/train-*.tar").toString();
    try (Backend backend = Backend.named("cpu"); AnnotationStore store = AnnotationStore.open(folder.resolve("annotation"));
        Llama3V model = Llama3V.open(backend, TinyModels.run(backend, folder.resolve("run")), null)) {
      ModelDrafter drafter = new ModelDrafter(model, null, 4, 1, 3);
      byte[] picture = TinyShards.sample(0).image();
      assertEquals(1, drafter.drafts(picture, "what", Task.EDIT, 1).size());
      List<Draft> two = drafter.drafts(picture, "what", Task.RATE, 1);
      assertEquals(two.stream().map(Draft::text).toList(), drafter.drafts(picture, "what", Task.RATE, 1).stream().map(Draft::text).toList());
      assertEquals(model.generate("what", List.of(Llama3V.image(TinyModels.picture(folder.resolve("p.png"), 16, 16))), false, 4,
          Sampling.GREEDY, text -> { }).strip().isEmpty(), false, "the weights are random, but say something");
      AnnotationPlan plan = plan(data, folder.resolve("run/clip"), 12, List.of(), List.of("s4"), 1);
      try (Annotation annotation = Annotation.open(store, plan, backend, drafter)) {
        List<Item> items = store.items().all();
        assertEquals(4 + 1 + 3, items.size(), "drawn, the seed picture, its neighbours");
        assertTrue(store.pictures().all().get(items.get(0).picture()).name().endsWith("#s4"));
        int ann = annotation.annotator("Ann").id();
        while (!annotation.next(ann).path("state").asText().equals("item")) Thread.sleep(5);
        assertEquals(items.get(0).id(), annotation.next(ann).path("item").path("id").asInt());
      }
      assertThrows(IllegalArgumentException.class, () -> Annotation.open(store, plan(data, folder.resolve("run/clip"), 12, List.of(), List.of("nobody"), 1),
          backend, drafter));
    }
  }
}

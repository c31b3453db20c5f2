package io.llama3v.data.curate.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.data.curate.dedup.Quality.Criterion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search against all pairs compared one by one. */
class CopySearchTest {
  private static final int D = 24;
  private static Backend backend;
  @TempDir
  private Path folder;

  @BeforeAll
  static void open() {
    backend = Backend.best();
  }

  @AfterAll
  static void shut() {
    backend.close();
  }

  /** Random directions, each third one with one to four disturbed copies behind it. */
  private static List<float[]> vectors(int n, double noise, Random random) {
    List<float[]> all = new ArrayList<>();
    while (all.size() < n) {
      float[] v = new float[D];
      for (int i = 0; i < D; i++) v[i] = (float) random.nextGaussian();
      all.add(v);
      for (int c = random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0; c > 0; c--) {
        float[] copy = v.clone();
        for (int i = 0; i < D; i++) copy[i] += (float) (noise * random.nextGaussian());
        all.add(copy);
      }
    }
    return all.subList(0, n);
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < D; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private CopyClusters search(List<float[]> vectors, CopySettings settings) throws IOException {
    try (VectorStore store = new VectorStore(folder.resolve("v"), D)) {
      for (float[] v : vectors) store.add(v);
      int[] order = IntStream.range(0, vectors.size()).toArray();
      return new CopySearch(store, order, Comparator.naturalOrder(), settings, backend).run();
    }
  }

  /** For each row the smallest row of its component, by following all pairs. */
  private static int[] components(List<float[]> vectors, double threshold) {
    int n = vectors.size();
    int[] name = IntStream.range(0, n).toArray();
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        if (cosine(vectors.get(i), vectors.get(j)) < threshold || name[i] == name[j]) continue;
        int from = Math.max(name[i], name[j]);
        int to = Math.min(name[i], name[j]);
        for (int k = 0; k < n; k++) if (name[k] == from) name[k] = to;
      }
    }
    return name;
  }

  @Test
  void oneBlockIsExact() throws IOException {
    List<float[]> vectors = vectors(1500, 0.25, new Random(1));
    CopyClusters found = search(vectors, new CopySettings(0.9, 4096, 2, 10, 1_000_000, 1500, 0));
    int[] expected = components(vectors, 0.9);
    assertArrayEquals(expected, found.cluster(), "the best is the first");
    long distinct = IntStream.range(0, 1500).filter(i -> expected[i] != i).map(i -> expected[i]).distinct().count();
    assertEquals(distinct, found.clusters());
    assertEquals(IntStream.range(0, 1500).filter(i -> expected[i] != i).count(), found.copies());
    assertTrue(found.copies() > 200, "the case is one: " + found.copies());
    assertEquals(1500L * 1499 / 2, found.compared());
    assertEquals(found.recall().pairs(), found.recall().met());
    long pairs = 0;
    for (int i = 0; i < 1500; i++) for (int j = 0; j < 1500; j++) if (i != j && cosine(vectors.get(i), vectors.get(j)) >= 0.9) pairs++;
    assertEquals(pairs, found.recall().pairs());
    for (int i = 0; i < 1500; i++) {
      assertEquals(expected[i] == i ? 1 : cosine(vectors.get(i), vectors.get(expected[i])), found.similarity()[i], 1e-6);
    }
  }

  @Test
  void blocksLoseLittleAndSayWhat() throws IOException {
    List<float[]> vectors = vectors(3000, 0.2, new Random(2));
    int[] expected = components(vectors, 0.9);
    CopyClusters one = search(vectors, new CopySettings(0.9, 150, 1, 8, 1_000_000, 3000, 5));
    CopyClusters three = search(vectors, new CopySettings(0.9, 150, 3, 8, 1_000_000, 3000, 5));
    for (CopyClusters found : List.of(one, three)) {
      int same = 0;
      for (int i = 0; i < 3000; i++) {
        assertEquals(expected[found.cluster()[i]], expected[i], "only members of one true component are joined");
        if (found.cluster()[i] == expected[i]) same++;
      }
      // Every pair of copies was put into the comparison: what was joined is what components tell.
      long joined = 0;
      long pairs = 0;
      for (int i = 0; i < 3000; i++) {
        for (int j = 0; j < 3000; j++) {
          if (i == j || cosine(vectors.get(i), vectors.get(j)) < 0.9) continue;
          pairs++;
          if (found.cluster()[i] == found.cluster()[j]) joined++;
        }
      }
      assertEquals(pairs, found.recall().pairs());
      assertEquals(joined, found.recall().joined());
      assertTrue(found.recall().met() <= found.recall().joined(), "a pair that is compared is joined");
      assertTrue(found.compared() < 3000L * 2999 / 4, "fewer comparisons than all: " + found.compared());
    }
    assertTrue(three.recall().ofPairs() > one.recall().ofPairs(), one.recall() + " " + three.recall());
    assertTrue(three.recall().ofPairs() > 0.95, three.recall().toString());
  }

  @Test
  void chainsFallApartAndStarsStay() throws IOException {
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      float[] v = new float[D];
      v[0] = (float) Math.cos(Math.toRadians(5 * i));
      v[1] = (float) Math.sin(Math.toRadians(5 * i));
      vectors.add(v);
    }
    for (int i = 0; i < 30; i++) {
      float[] v = new float[D];
      v[2] = 10;
      v[3 + i % 20] = i == 0 ? 0 : 0.1f;
      vectors.add(v);
    }
    double threshold = Math.cos(Math.toRadians(6));
    CopyClusters whole = search(vectors, new CopySettings(threshold, 4096, 1, 1, 100, 0, 0));
    assertEquals(2, whole.clusters());
    CopyClusters guarded = search(vectors, new CopySettings(threshold, 4096, 1, 1, 10, 0, 0));
    // Of the chain each kept one holds the next; all of the star are copies of its centre.
    for (int i = 0; i < 30; i++) assertEquals(i / 2 * 2, guarded.cluster()[i]);
    for (int i = 30; i < 60; i++) assertEquals(30, guarded.cluster()[i]);
    assertEquals(16, guarded.clusters());
    assertEquals(15 + 29, guarded.copies());
    assertEquals(1, guarded.split());
  }

  @Test
  void theOrderOfAddingDoesNotMatterAndTheBestIsKept() throws IOException {
    List<float[]> vectors = vectors(900, 0.2, new Random(3));
    CopySettings settings = new CopySettings(0.9, 60, 2, 5, 50, 100, 9);
    List<Integer> rows = new ArrayList<>(IntStream.range(0, 900).boxed().toList());
    Map<String, CopyResult.Member> first = members(vectors, rows, settings);
    Collections.shuffle(rows, new Random(8));
    assertEquals(first, members(vectors, rows, settings));
    int[] expected = components(vectors, 0.9);
    // Quality rises with the row: of whole components, the last row is kept.
    Map<Integer, Integer> last = new TreeMap<>();
    for (int i = 0; i < 900; i++) last.put(expected[i], i);
    long right = first.entrySet().stream().filter(e -> e.getValue().kept())
        .filter(e -> last.containsValue(Integer.parseInt(e.getKey()))).count();
    assertTrue(right > 0.9 * last.values().stream().filter(i -> expected[i] != i).count(), right + " kept");
  }

  private Map<String, CopyResult.Member> members(List<float[]> vectors, List<Integer> rows, CopySettings settings) throws IOException {
    Map<String, CopyResult.Member> members = new TreeMap<>();
    try (CopyIndex index = new CopyIndex(folder, D)) {
      for (int row : rows) index.add(Integer.toString(row), 0, row, new Quality(1000 + row, 3, 0), vectors.get(row));
      CopyResult result = index.result(index.search(settings, List.of(Criterion.SCORE), backend));
      for (int row : rows) {
        CopyResult.Member m = result.member(io.llama3v.data.curate.CurationRecord.read(Integer.toString(row), "k", 0, row, List.of(), null));
        if (m != null) members.put(Integer.toString(row), m);
      }
    }
    return members;
  }

  @Test
  void qualityByHand() {
    Quality small = new Quality(100 * 100, 9, 0.3);
    Quality large = new Quality(400 * 400, 2, 0.2);
    Quality nearlyAsLarge = new Quality(399 * 400, 8, 0.2);
    assertTrue(Quality.better(List.of(Criterion.RESOLUTION, Criterion.CAPTION)).compare(large, small) < 0);
    assertTrue(Quality.better(List.of(Criterion.RESOLUTION, Criterion.CAPTION)).compare(nearlyAsLarge, large) < 0, "the caption decides");
    assertTrue(Quality.better(List.of(Criterion.SCORE)).compare(small, large) < 0);
    assertTrue(Quality.better(List.of()).compare(large, nearlyAsLarge) < 0);
  }

  @Test
  void badVectorsAreRefused() throws IOException {
    try (VectorStore store = new VectorStore(folder.resolve("bad"), D)) {
      assertThrows(IllegalArgumentException.class, () -> store.add(new float[D + 1]));
      float[] nan = new float[D];
      nan[3] = Float.NaN;
      assertThrows(IllegalArgumentException.class, () -> store.add(nan));
      assertEquals(0, store.rows());
    }
    assertThrows(IllegalArgumentException.class, () -> CopySettings.of(1.5));
  }
}

package io.llama3v.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.Weights;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.clip.ClipVisionConfig;
import io.llama3v.vision.clip.ClipVisionTower;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClipInitializerTest {
  private static final Path CLIP = Path.of("src/test/resources/golden/clip_quickgelu");
  private static final VisionConfig.Options OPTIONS = VisionConfig.Options.defaults().withTileSize(28).withGlobalLayers(2)
      .withFeatureLayers(1, 2);
  private static final String LOCAL = "gated_positional_embedding.embedding";
  private static final String GLOBAL = "gated_positional_embedding.tile_embedding.weight";

  /** Encodes CLIP's four images as the first of four tiles each, the others filled with noise that must not be seen. */
  private static Map<String, float[]> run(VisionTransformer tower, Backend backend, float[] images, int side) {
    int one = 3 * side * side;
    int count = images.length / one;
    float[] pixels = new float[count * 4 * one];
    for (int i = 0; i < pixels.length; i++) pixels[i] = (float) Math.sin(i);
    for (int i = 0; i < count; i++) System.arraycopy(images, i * one, pixels, i * 4 * one, one);
    int[][] ids = new int[count][1];
    for (int[] id : ids) id[0] = 1;
    Map<String, float[]> seen = new HashMap<>();
    try (Scope scope = backend.scope()) {
      Tensor input = scope.backend().tensor(pixels, count, 1, 4, 3, side, side);
      tower.forward(input, ids, ids, (name, value) -> seen.put(name, value.toFloats()));
    }
    return seen;
  }

  /** The first tile of every picture of [N, 4, …]. */
  private static float[] firstTiles(float[] x, int pictures) {
    int each = x.length / pictures;
    float[] out = new float[x.length / 4];
    for (int n = 0; n < pictures; n++) System.arraycopy(x, n * each, out, n * (each / 4), each / 4);
    return out;
  }

  @Test
  void oneTileLeavesTheLocalStackAsItLeavesClip() throws Exception {
    try (Backend backend = Backend.named("cpu"); ClipModel clip = ClipModel.load(backend, CLIP);
        VisionTransformer tower = VisionTransformer.fromClip(clip.vision(), OPTIONS, backend, 7);
        WeightSource io = SafetensorsFile.open(CLIP.resolve("io.safetensors"))) {
      Map<String, float[]> seen = run(tower, backend, io.readFloats("in.pixel_values"), 28);
      for (int layer = 0; layer < 3; layer++) {
        float[] expected = io.readFloats("out.vision.hidden_states." + (layer + 1));
        assertArrayEquals(expected, firstTiles(seen.get("local_layer." + layer), 4), (float) (1e-5 * ParityCheck.largest(expected)));
      }
      assertArrayEquals(seen.get("layernorm_post"), seen.get("global_layer.1"), "gates of 0 pass everything through");
      float[] output = firstTiles(seen.get("output"), 4);
      float[] pooled = io.readFloats("out.vision.pooler_output");
      float[] feature = io.readFloats("out.vision.hidden_states.1");
      for (int n = 0; n < 4; n++) {
        for (int c = 0; c < 32; c++) {
          assertEquals(pooled[n * 32 + c], output[n * 17 * 96 + c], 1e-5, "class token of the final output");
          assertEquals(feature[n * 17 * 32 + c], output[n * 17 * 96 + 32 + 2 * c], 2e-5, "first feature, interleaved");
        }
      }
    }
  }

  /** 28 to 42 pixels is 224 to 336: CLIP, which resizes its table by itself, is the reference for the grown tower's first step. */
  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void largerTilesBeginAsClipDoesWithResizedPositions(Interpolation kind) throws Exception {
    try (Backend backend = Backend.named("cpu"); ClipModel clip = ClipModel.load(backend, CLIP)) {
      var c = clip.config().vision();
      var config = new ClipVisionConfig(c.hiddenSize(), c.intermediateSize(), c.layers(), c.heads(), c.imageSize(), c.patchSize(),
          c.channels(), c.activation(), c.layerNormEps(), kind);
      try (ClipVisionTower reference = new ClipVisionTower(config); VisionTransformer tower = VisionTransformer.fromClip(clip.vision(),
          OPTIONS.withTileSize(42).withInterpolation(kind), backend, 7); Scope scope = backend.scope()) {
        reference.parameters().forEach((name, p) ->
            p.allocate(scope.backend()).backend().kernels().copy(clip.vision().parameters().get(name), p));
        float[] images = new float[2 * 3 * 42 * 42];
        for (int i = 0; i < images.length; i++) images[i] = (float) Math.cos(0.3 * i);
        Map<String, float[]> expected = new HashMap<>();
        ClipVisionTower.Output out = reference.forward(backend.tensor(images, 2, 3, 42, 42), Trace.of((name, value) -> expected.put(name, value.toFloats())));
        Map<String, float[]> seen = run(tower, backend, images, 42);
        for (int layer = 0; layer < 3; layer++) {
          float[] states = expected.get("hidden_states." + (layer + 1));
          assertArrayEquals(states, firstTiles(seen.get("local_layer." + layer), 2), (float) (1e-5 * ParityCheck.largest(states)));
        }
        float[] pooled = out.pooled().toFloats();
        float[] output = firstTiles(seen.get("output"), 2);
        for (int n = 0; n < 2; n++) {
          for (int i = 0; i < 32; i++) assertEquals(pooled[n * 32 + i], output[n * 37 * 96 + i], 2e-5, "class token, after gated layers");
        }
      }
    }
  }

  @Test
  void theTableOfPicturesBeginsAsTheStretchedLocalOne() throws Exception {
    try (Backend backend = Backend.named("cpu"); ClipModel clip = ClipModel.load(backend, CLIP);
        VisionTransformer tower = VisionTransformer.fromClip(clip.vision(), OPTIONS.withTileSize(42), backend, 7)) {
      float[] source = clip.vision().parameters().get("embeddings.position_embedding.weight").toFloats();
      float[] local = PositionInterpolation.resizeTable(Interpolation.META, source, 4, 6, 32);
      float[] grid = PositionInterpolation.globalFromLocal(local, 6, 4, 4, 32);
      int tile = 37 * 32;
      float[] table = tower.parameters().get(GLOBAL).toFloats();
      assertArrayEquals(local, tower.parameters().get(LOCAL).toFloats());
      // Arrangement 6 is 2 x 2: its third tile is the second row's first.
      assertArrayEquals(Arrays.copyOfRange(grid, 4 * tile, 5 * tile), Arrays.copyOfRange(table, (6 * 4 + 2) * tile, (6 * 4 + 3) * tile));
      assertArrayEquals(new float[4 * tile], Arrays.copyOf(table, 4 * tile), "absent images have no place");
      assertArrayEquals(new float[3 * tile], Arrays.copyOfRange(table, 5 * tile, 8 * tile), "nor have absent tiles");
      float[] tiles = tower.parameters().get("pre_tile_positional_embedding.embedding.weight").toFloats();
      assertArrayEquals(Arrays.copyOfRange(tiles, 4 * 32, 5 * 32), Arrays.copyOfRange(tiles, 6 * 4 * 32, (6 * 4 + 1) * 32),
          "arrangements begin with the same top left tile");
      assertNotEquals(0, tiles[4 * 32]);
    }
  }

  @Test
  void resizingTouchesPositionsOnlyAndLoadsFromFilesToo(@TempDir Path folder) throws Exception {
    try (Backend backend = Backend.named("cpu"); ClipModel clip = ClipModel.load(backend, CLIP);
        VisionTransformer small = VisionTransformer.fromClip(clip.vision(), OPTIONS, backend, 7)) {
      small.setTrainable(name -> name.startsWith("transformer."), false);
      Weights.save(small, folder);
      try (VisionTransformer large = small.resized(42, Interpolation.META); VisionTransformer loaded = new VisionTransformer(large.config());
          WeightSource source = ShardedWeights.open(folder)) {
        Weights.load(loaded, backend, source, new ResizedPositions(loaded.config(), Interpolation.META));
        large.parameters().forEach((name, p) -> {
          Parameter old = small.parameters().get(name);
          assertArrayEquals(p.toFloats(), loaded.parameters().get(name).toFloats(), name);
          assertEquals(old.isTrainable(), p.isTrainable(), name);
          if (!name.startsWith("gated_positional_embedding.")) assertArrayEquals(old.toFloats(), p.toFloats(), name);
        });
        float[] before = small.parameters().get(GLOBAL).toFloats();
        float[] after = large.parameters().get(GLOBAL).toFloats();
        int oldTile = 17 * 32;
        int newTile = 37 * 32;
        // Arrangement 5 is 2 x 1.
        float[] canvas = PositionInterpolation.resizeGlobal(Arrays.copyOfRange(before, 5 * 4 * oldTile, (5 * 4 + 2) * oldTile), 2, 1, 4, 2, 1, 6, 32);
        assertArrayEquals(canvas, Arrays.copyOfRange(after, 5 * 4 * newTile, (5 * 4 + 2) * newTile));
        assertEquals(4 * 6 * 6 + 4, run(large, backend, new float[3 * 42 * 42], 42).get("layernorm_pre").length / 32);
      }
    }
  }

  @Test
  void huggingFacesFormDropsBiasesAndAnotherEpsilonIsRefused() throws Exception {
    try (Backend backend = Backend.named("cpu"); ClipModel clip = ClipModel.load(backend, CLIP);
        VisionTransformer tower = VisionTransformer.fromClip(clip.vision(), OPTIONS.huggingFaceCompatible(), backend, 7)) {
      assertTrue(tower.parameters().keySet().stream().noneMatch(name -> name.contains("_proj.bias")));
      assertEquals(24, tower.config().paddedPositions());
      var c = clip.config().vision();
      var other = new io.llama3v.vision.clip.ClipVisionConfig(c.hiddenSize(), c.intermediateSize(), c.layers(), c.heads(), c.imageSize(),
          c.patchSize(), 3, c.activation(), 1e-6, c.interpolation());
      try (var odd = new io.llama3v.vision.clip.ClipVisionTower(other)) {
        String message = assertThrows(IllegalArgumentException.class, () -> VisionTransformer.fromClip(odd, OPTIONS, backend, 7)).getMessage();
        assertTrue(message.contains("1.0E-6"), message);
      }
    }
  }
}

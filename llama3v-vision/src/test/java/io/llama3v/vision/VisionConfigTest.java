package io.llama3v.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.UnaryOp;
import io.llama3v.io.Json;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.image.TileLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisionConfigTest {
  private static VisionConfig read(String json) throws Exception {
    return VisionConfig.fromJson(Json.parse(json.replace('\'', '"'), "test"), "config.json: vision_config");
  }

  @Test
  void absentKeysAreThoseOfTheReleasedModel() throws Exception {
    VisionConfig c = read("{}");
    assertEquals(List.of(1280, 5120, 32, 8, 16, 3, 448, 14, 4), List.of(c.hiddenSize(), c.intermediateSize(), c.layers(), c.globalLayers(),
        c.heads(), c.channels(), c.imageSize(), c.patchSize(), c.maxTiles()));
    assertEquals(List.of(3, 7, 15, 23, 30), c.featureLayers());
    assertEquals(new TileLayout(448, 4).supported(), c.aspectRatios());
    assertEquals(UnaryOp.GELU, c.activation());
    assertFalse(c.attentionBias());
    assertTrue(c.paddingVisible());
    assertEquals(1025, c.positions());
    assertEquals(1032, c.paddedPositions());
    for (String own : List.of("attention_bias", "padding_visible", "tile_embedding_std")) assertFalse(c.toJson().has(own), own);
  }

  @Test
  void arrangementsDefaultToTheReleasedOnesWhateverTheNumberOfTiles() throws Exception {
    VisionConfig two = read("{'max_num_tiles': 2}");
    assertEquals(8, two.aspectRatios().size());
    assertEquals(List.of(9L, 2L * 1280), java.util.Arrays.stream(new VisionTransformer(two).parameters()
        .get("pre_tile_positional_embedding.embedding.weight").shape()).boxed().toList());
  }

  @Test
  void isWhatItWrites() throws Exception {
    VisionConfig grown = VisionConfig.fromClip(ClipConfig.metaClipH14().vision(), VisionConfig.Options.defaults().withTileDeviation(0.5));
    assertEquals(grown, VisionConfig.fromJson(Json.parse(grown.toJson().toString(), "test")));
    assertEquals(List.of(3, 7, 15, 23, 30), grown.featureLayers());
    assertEquals(577, grown.paddedPositions(), "invisible padding needs no filling up");
    VisionConfig odd = read("{'max_num_tiles': 6, 'supported_aspect_ratios': [[2,3],[1,6]], 'norm_eps': 1e-6, 'hidden_size': 48,"
        + "'attention_heads': 3, 'intermediate_layers_indices': [0, 32], 'vision_output_dim': 144, 'hidden_act': 'quick_gelu'}");
    assertEquals(odd, VisionConfig.fromJson(odd.toJson()));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{'hidden_size': -3}|config.json: vision_config: 'hidden_size' is -3; expected an integer from 1",
      "{'num_hidden_layers': 2000000000}|'num_hidden_layers' is 2000000000; expected an integer from 0 to 4096",
      "{'image_size': 450}|patches of 14 do not cover tiles of 450",
      "{'attention_heads': 7}|the heads must divide the width",
      "{'hidden_act': 'mish'}|'hidden_act' is \"mish\"; expected gelu",
      "{'vision_output_dim': 7000}|'vision_output_dim' is 7000; expected 7680 = 1280 x (1 + 5 features)",
      "{'intermediate_layers_indices': [3, 40]}|intermediate_layers_indices has 40; expected 0 to 32",
      "{'supported_aspect_ratios': [[0, 3]]}|supported_aspect_ratios has",
      "{'supported_aspect_ratios': [[1, 2, 3]]}|expected a list of [tiles high, tiles wide]",
      "{'attention_bias': 'yes'}|expected true or false",
      "{'norm_eps': 0}|expected a positive number"})
  void aBadValueIsNamed(String json, String message) {
    String found = assertThrows(IllegalArgumentException.class, () -> read(json)).getMessage();
    assertTrue(found.contains(message), found);
  }
}

package io.llama3v.vision.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.UnaryOp;
import io.llama3v.io.Json;
import io.llama3v.vision.Interpolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipConfigTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static ClipConfig huggingFace(String json) throws IOException {
    return ClipConfig.fromHuggingFace(Json.parse(json.replace('\'', '"'), "test"), "config.json");
  }

  private static ClipConfig openClip(String json) throws IOException {
    return ClipConfig.fromOpenClip(Json.parse(json.replace('\'', '"'), "test"), "open_clip_config.json");
  }

  @Test
  void absentKeysTakeHuggingFacesDefaults() throws Exception {
    ClipConfig expected = new ClipConfig(
        new ClipVisionConfig(768, 3072, 12, 12, 224, 32, 3, UnaryOp.QUICK_GELU, 1e-5, Interpolation.HUGGING_FACE),
        new ClipTextConfig(49_408, 512, 2048, 12, 8, 77, UnaryOp.QUICK_GELU, 1e-5, 49_406, 49_407), 512, 2.6592);
    assertEquals(expected, huggingFace("{}"));
    assertEquals(expected, huggingFace("{'vision_config': null, 'text_config': {'hidden_size': null}}"));
  }

  @Test
  void readsMetaClipsOwnFile() throws Exception {
    assertEquals(ClipConfig.metaClipH14(), huggingFace("{'model_type': 'clip', 'projection_dim': 1024, 'logit_scale_init_value': 2.6592,"
        + "'text_config': {'hidden_size': 1024, 'intermediate_size': 4096, 'num_attention_heads': 16, 'num_hidden_layers': 24},"
        + "'vision_config': {'hidden_size': 1280, 'intermediate_size': 5120, 'num_attention_heads': 16, 'num_hidden_layers': 32, 'patch_size': 14}}"));
  }

  @Test
  void aSecondCopyOfAPartWins() throws Exception {
    ClipConfig c = huggingFace("{'text_config': {'eos_token_id': 49407}, 'text_config_dict': {'eos_token_id': 2}}");
    assertEquals(ClipTextConfig.LEGACY_EOS, c.text().eosTokenId());
  }

  @Test
  void readsOpenClipWithAndWithoutTheOuterObject() throws Exception {
    ClipConfig c = openClip("{'embed_dim': 1024, 'quick_gelu': true, 'vision_cfg': {'image_size': 224, 'layers': 32, 'width': 1280,"
        + "'head_width': 80, 'patch_size': 14}, 'text_cfg': {'context_length': 77, 'vocab_size': 49408, 'width': 1024, 'heads': 16, 'layers': 24}}");
    assertEquals(new ClipVisionConfig(1280, 5120, 32, 16, 224, 14, 3, UnaryOp.QUICK_GELU, 1e-5, Interpolation.OPEN_CLIP), c.vision());
    assertEquals(UnaryOp.GELU, openClip("{'model_cfg': {'embed_dim': 8}}").text().activation());
    ClipConfig odd = openClip("{'embed_dim': 8, 'vision_cfg': {'width': 1664, 'head_width': 104, 'mlp_ratio': 4.9231},"
        + "'text_cfg': {'pool_type': 'eos', 'eos_id': 5}}");
    assertEquals(8192, odd.vision().intermediateSize());
    assertEquals(odd.vision(), openClip(odd.toOpenClipJson().toString()).vision());
    assertEquals(5, openClip(odd.toOpenClipJson().toString()).text().eosTokenId());
  }

  @Test
  void isWhatItWrites() throws Exception {
    for (String folder : new String[] {"clip_gelu", "clip_quickgelu", "openclip_quickgelu"}) {
      ClipConfig c = ClipConfig.read(GOLDEN.resolve(folder));
      assertEquals(c, huggingFace(c.toJson().toString()));
    }
    ClipConfig c = ClipConfig.read(GOLDEN.resolve("openclip_quickgelu"));
    assertEquals(c, openClip(c.toOpenClipJson().toString()));
  }

  @Test
  void poolsAtTheEndOfTheText() throws Exception {
    ClipTextConfig first = huggingFace("{'text_config': {'eos_token_id': 9}}").text();
    int[] ids = {1, 9, 40, 9, 1, 2, 3, 4};
    assertArrayEquals(new int[] {1, 0}, first.pooledPositions(ids, 4));
    ClipTextConfig legacy = huggingFace("{'text_config': {'eos_token_id': 2}}").text();
    assertArrayEquals(new int[] {2, 3}, legacy.pooledPositions(ids, 4));
  }

  @Test
  void aFolderOfBothKindsIsReadByTheWeightsItHas(@TempDir Path folder) throws Exception {
    assertTrue(assertThrows(IOException.class, () -> ClipConfig.read(folder)).getMessage().contains("found neither"));
    Files.copy(GOLDEN.resolve("clip_gelu/config.json"), folder.resolve("config.json"));
    Files.copy(GOLDEN.resolve("openclip_quickgelu/open_clip_config.json"), folder.resolve("open_clip_config.json"));
    Files.copy(GOLDEN.resolve("openclip_quickgelu/open_clip_model.safetensors"), folder.resolve("open_clip_model.safetensors"));
    assertEquals(Interpolation.OPEN_CLIP, ClipConfig.read(folder).vision().interpolation());
    Files.copy(GOLDEN.resolve("clip_gelu/model.safetensors"), folder.resolve("model.safetensors"));
    assertEquals(Interpolation.HUGGING_FACE, ClipConfig.read(folder).vision().interpolation());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{'model_type': 'siglip'}|config.json: 'model_type' is \"siglip\"; expected \"clip\"",
      "{'vision_config': {'patch_size': 0}}|config.json: vision_config: 'patch_size' is 0; expected an integer from 1",
      "{'vision_config': {'image_size': 220}}|patches of 32 do not tile images of 220",
      "{'text_config': {'hidden_act': 'gelu_new'}}|config.json: text_config: 'hidden_act' is \"gelu_new\"; expected gelu",
      "{'text_config': {'num_attention_heads': 7}}|the heads must divide the width",
      "{'text_config': {'layer_norm_eps': 'small'}}|expected a positive number",
      "{'text_config': 3}|config.json: text_config: expected a JSON object"})
  void aBadValueIsNamed(String json, String message) {
    String found = assertThrows(IllegalArgumentException.class, () -> huggingFace(json)).getMessage();
    assertTrue(found.contains(message), found);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "{'embed_dim': 8, 'vision_cfg': {'timm_model_name': 'convnext'}}|vision_cfg: 'timm_model_name' is \"convnext\"; expected none",
      "{'embed_dim': 8, 'vision_cfg': {'layers': [3, 4, 6, 3]}}|'layers' is [3,4,6,3]; expected an integer",
      "{'embed_dim': 8, 'text_cfg': {'hf_model_name': 'roberta'}}|text_cfg: 'hf_model_name'",
      "{'vision_cfg': {}}|'embed_dim' is ; expected the width of the common space"})
  void whatOpenClipHasAndThisModelHasNotIsNamed(String json, String message) {
    String found = assertThrows(IllegalArgumentException.class, () -> openClip(json)).getMessage();
    assertTrue(found.contains(message), found);
  }
}

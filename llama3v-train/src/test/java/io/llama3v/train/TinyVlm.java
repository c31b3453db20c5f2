package io.llama3v.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.image.RgbImage;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.VisionTransformer;
import io.llama3v.vision.image.MllamaTransform;
import io.llama3v.vision.image.TiledImage;
import java.io.IOException;

/** A vision-language model with all parts and open gates, small enough to be run again and again. Its image token is 30. */
public final class TinyVlm {
  /** The image token. */
  public static final int IMAGE = 30;
  /** Up to four tiles of 16 pixels. */
  public static final MllamaTransform TRANSFORM = new MllamaTransform(16, 4);

  private TinyVlm() {}

  /** A model with random weights, the language model frozen. */
  public static VisionLanguageModel open(Backend backend) throws IOException {
    VisionTransformer tower = new VisionTransformer(VisionConfig.fromJson(new ObjectMapper().readTree("""
        {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_global_layers": 1, "attention_heads": 2,
         "image_size": 16, "patch_size": 8, "max_num_tiles": 4, "intermediate_layers_indices": [1], "vision_output_dim": 32,
         "supported_aspect_ratios": [[1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [3, 1], [4, 1]]}""")));
    tower.initialize(backend, 3);
    LlamaModel llama = new LlamaModel(LlamaConfig.small(IMAGE, 24, 40, 4, 4, 2, false, 1, 2));
    llama.initialize(backend, 5);
    VisionLanguageModel model = VisionLanguageModel.builder().languageModel(llama).visionEncoder(tower).crossAttentionEvery(2).build();
    model.parameters().forEach((name, p) -> {
      if (name.contains("gate") && p.elements() == 1) backend.kernels().fill(p, 0.8);
    });
    return model;
  }

  /** A picture of stripes. */
  public static TiledImage picture(int width, int height, int seed) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) rgb[i] = (byte) (128 + 120 * Math.sin(0.05 * i * seed + seed));
    return TRANSFORM.apply(new RgbImage(width, height, rgb));
  }

  /** Token ids that begin with 1 and hold no image token. */
  public static int[] ids(int length, int seed) {
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) ids[i] = 4 + (i * 7 + seed * 5 + i * i) % 25;
    ids[0] = 1;
    return ids;
  }
}

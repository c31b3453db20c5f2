package io.llama3v.vision.clip;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.UnaryOp;
import io.llama3v.vision.ActivationNames;
import io.llama3v.vision.BlockShape;
import io.llama3v.vision.ConfigReader;
import io.llama3v.vision.Interpolation;

/**
 * Shape of CLIP's image tower.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize inner width of the MLP
 * @param layers number of blocks
 * @param heads attention heads
 * @param imageSize side of the images that the position table is for, in pixels
 * @param patchSize side of a patch, in pixels
 * @param channels colour channels
 * @param activation of the MLP; OpenAI's and MetaCLIP's models use QuickGELU
 * @param layerNormEps ε of the layer norms
 * @param interpolation how positions are resized for larger or smaller images
 */
public record ClipVisionConfig(int hiddenSize, int intermediateSize, int layers, int heads, int imageSize, int patchSize, int channels,
    UnaryOp activation, double layerNormEps, Interpolation interpolation) {

  /** Checks that the sizes fit together. */
  public ClipVisionConfig {
    if (patchSize < 1 || imageSize < patchSize || imageSize % patchSize != 0) {
      throw new IllegalArgumentException("CLIP vision tower: patches of " + patchSize + " do not tile images of " + imageSize);
    }
    if (channels < 1) throw new IllegalArgumentException("CLIP vision tower: " + channels + " colour channels");
    shape(hiddenSize, heads, intermediateSize, activation, layerNormEps, layers);
  }

  /** Reads {@code vision_config}; absent keys take the defaults of Hugging Face's CLIPVisionConfig. */
  static ClipVisionConfig fromHuggingFace(ConfigReader c) {
    return new ClipVisionConfig(c.size("hidden_size", 768), c.size("intermediate_size", 3072), c.layers("num_hidden_layers", 12),
        c.size("num_attention_heads", 12), c.size("image_size", 224), c.size("patch_size", 32), c.size("num_channels", 3),
        c.activation("hidden_act", UnaryOp.QUICK_GELU), c.number("layer_norm_eps", 1e-5),
        c.choice("position_interpolation", Interpolation.HUGGING_FACE));
  }

  /** Reads OpenCLIP's {@code vision_cfg}; absent keys take OpenCLIP's defaults. */
  static ClipVisionConfig fromOpenClip(ConfigReader c, UnaryOp activation) {
    for (String key : new String[] {"timm_model_name", "attentional_pool", "no_ln_pre", "ls_init_value", "norm_kwargs", "act_kwargs"}) {
      boolean off = c.value(key) == null || c.value(key).isBoolean() && !c.value(key).asBoolean();
      if (!off) throw c.wrong(key, "none: only OpenCLIP's plain vision transformer is supported");
    }
    if (!c.text("pool_type", "tok").equals("tok")) throw c.wrong("pool_type", "\"tok\"");
    int width = c.size("width", 768);
    int headWidth = c.size("head_width", 64);
    if (width % headWidth != 0) throw c.wrong("head_width", "a divisor of the width " + width);
    return new ClipVisionConfig(width, (int) (width * c.number("mlp_ratio", 4)), c.layers("layers", 12), width / headWidth,
        c.size("image_size", 224), c.size("patch_size", 16), 3, activation, 1e-5, Interpolation.OPEN_CLIP);
  }

  /** Patches along each side. */
  public int grid() {
    return imageSize / patchSize;
  }

  /** Tokens of an image: patches and the class token. */
  public int positions() {
    return grid() * grid() + 1;
  }

  BlockShape shape() {
    return shape(hiddenSize, heads, intermediateSize, activation, layerNormEps, layers);
  }

  private static BlockShape shape(int width, int heads, int hidden, UnaryOp activation, double epsilon, int layers) {
    return new BlockShape(width, heads, hidden, activation, epsilon, true, layers);
  }

  ObjectNode toJson(int projectionDim) {
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    j.put("model_type", "clip_vision_model").put("hidden_size", hiddenSize).put("intermediate_size", intermediateSize);
    j.put("num_hidden_layers", layers).put("num_attention_heads", heads).put("image_size", imageSize).put("patch_size", patchSize);
    j.put("num_channels", channels).put("hidden_act", ActivationNames.of(activation)).put("layer_norm_eps", layerNormEps);
    j.put("projection_dim", projectionDim);
    if (interpolation != Interpolation.HUGGING_FACE) {
      j.put("position_interpolation", interpolation.name().toLowerCase(java.util.Locale.ROOT));
    }
    return j;
  }

  ObjectNode toOpenClipJson() {
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    j.put("image_size", imageSize).put("layers", layers).put("width", hiddenSize).put("head_width", hiddenSize / heads);
    return j.put("patch_size", patchSize).put("mlp_ratio", ratio(intermediateSize, hiddenSize));
  }

  /** The ratio that gives {@code hidden} back when multiplied by {@code width} and truncated. */
  static double ratio(int hidden, int width) {
    double ratio = (double) hidden / width;
    return (int) (ratio * width) < hidden ? Math.nextUp(ratio) : ratio;
  }
}

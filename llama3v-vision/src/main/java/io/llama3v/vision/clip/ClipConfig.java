package io.llama3v.vision.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.UnaryOp;
import io.llama3v.io.Json;
import io.llama3v.vision.ConfigReader;
import io.llama3v.vision.Interpolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Shape of a CLIP model: two towers and the space they meet in.
 *
 * @param vision the image tower
 * @param text the text tower
 * @param projectionDim width of the common space
 * @param logitScaleInit fresh value of the logarithm of the temperature's inverse, as a rule ln(1/0.07)
 */
public record ClipConfig(ClipVisionConfig vision, ClipTextConfig text, int projectionDim, double logitScaleInit) {
  /** Hugging Face's file. */
  public static final String HUGGING_FACE_FILE = "config.json";
  /** OpenCLIP's file. */
  public static final String OPEN_CLIP_FILE = "open_clip_config.json";

  /** MetaCLIP's ViT-H/14 with 2.5 billion pairs: 986 million weights, QuickGELU, 224 pixels. */
  public static ClipConfig metaClipH14() {
    return new ClipConfig(
        new ClipVisionConfig(1280, 5120, 32, 16, 224, 14, 3, UnaryOp.QUICK_GELU, 1e-5, Interpolation.HUGGING_FACE),
        new ClipTextConfig(49_408, 1024, 4096, 24, 16, 77, UnaryOp.QUICK_GELU, 1e-5, 49_406, 49_407), 1024, 2.6592);
  }

  /**
   * Reads {@code config.json} or {@code open_clip_config.json}; given a folder, whichever it has, Hugging Face's first.
   *
   * @throws IllegalArgumentException naming file and key where a value is not as expected
   */
  public static ClipConfig read(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? path.resolve(isOpenClip(path) ? OPEN_CLIP_FILE : HUGGING_FACE_FILE) : path;
    JsonNode json = Json.read(file);
    boolean openClip = json.has("model_cfg") || json.has("vision_cfg");
    return openClip ? fromOpenClip(json, file.toString()) : fromHuggingFace(json, file.toString());
  }

  /**
   * Whether a folder is to be read as OpenCLIP's: it has that configuration, and either not Hugging Face's or only OpenCLIP's weights.
   *
   * @throws IOException if it has neither configuration
   */
  static boolean isOpenClip(Path folder) throws IOException {
    boolean open = Files.exists(folder.resolve(OPEN_CLIP_FILE));
    if (!Files.exists(folder.resolve(HUGGING_FACE_FILE))) {
      if (!open) throw new IOException(folder + ": expected " + HUGGING_FACE_FILE + " or " + OPEN_CLIP_FILE + ", found neither");
      return true;
    }
    return open && Files.exists(folder.resolve(OpenClipLayout.WEIGHTS_FILE)) && !Files.exists(folder.resolve("model.safetensors"))
        && !Files.exists(folder.resolve("model.safetensors.index.json"));
  }

  /** Reads a CLIPModel's configuration; absent keys take Hugging Face's defaults. */
  public static ClipConfig fromHuggingFace(JsonNode json, String where) {
    ConfigReader c = new ConfigReader(json, where);
    if (!c.text("model_type", "clip").equals("clip")) throw c.wrong("model_type", "\"clip\"");
    return new ClipConfig(ClipVisionConfig.fromHuggingFace(part(c, "vision_config")),
        ClipTextConfig.fromHuggingFace(part(c, "text_config")), c.size("projection_dim", 512), c.number("logit_scale_init_value", 2.6592));
  }

  /** Files of 2021 and 2022 repeat a part under a second key, which wins. */
  private static ConfigReader part(ConfigReader c, String key) {
    return c.object(c.value(key + "_dict") == null ? key : key + "_dict");
  }

  /** Reads an OpenCLIP configuration, with or without its outer {@code model_cfg}. */
  public static ClipConfig fromOpenClip(JsonNode json, String where) {
    ConfigReader c = new ConfigReader(json, where);
    if (c.value("model_cfg") != null) c = c.object("model_cfg");
    if (c.value("embed_dim") == null) throw c.wrong("embed_dim", "the width of the common space");
    UnaryOp activation = c.flag("quick_gelu", false) ? UnaryOp.QUICK_GELU : UnaryOp.GELU;
    return new ClipConfig(ClipVisionConfig.fromOpenClip(c.object("vision_cfg"), activation),
        ClipTextConfig.fromOpenClip(c.object("text_cfg"), activation), c.size("embed_dim", 512),
        c.number("init_logit_scale", Math.log(1 / 0.07)));
  }

  /** As Hugging Face's {@code config.json}, with every value written out. */
  public ObjectNode toJson() {
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    j.putArray("architectures").add("CLIPModel");
    j.put("model_type", "clip").put("projection_dim", projectionDim).put("logit_scale_init_value", logitScaleInit);
    j.put("torch_dtype", "float32");
    j.set("text_config", text.toJson(projectionDim));
    j.set("vision_config", vision.toJson(projectionDim));
    return j;
  }

  /**
   * As {@code open_clip_config.json}.
   *
   * @throws IllegalStateException if OpenCLIP cannot say it: towers with different activations, or another ε than 1e-5
   */
  public ObjectNode toOpenClipJson() {
    boolean quick = vision.activation() == UnaryOp.QUICK_GELU;
    boolean sayable = vision.activation() == text.activation() && (quick || vision.activation() == UnaryOp.GELU)
        && vision.layerNormEps() == 1e-5 && text.layerNormEps() == 1e-5 && vision.channels() == 3;
    if (!sayable) {
      throw new IllegalStateException("OpenCLIP's configuration knows one activation for both towers, gelu or quick_gelu, a layer norm"
          + " epsilon of 1e-5 and 3 colour channels; this model has " + this);
    }
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    ObjectNode model = j.putObject("model_cfg").put("embed_dim", projectionDim).put("quick_gelu", quick);
    model.set("vision_cfg", vision.toOpenClipJson());
    model.set("text_cfg", text.toOpenClipJson());
    return j;
  }
}

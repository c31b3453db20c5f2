package io.llama3v.vision.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.image.Resize;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A Hugging Face {@code preprocessor_config.json}: the defaults of its image processor are filled in where it leaves keys out.
 *
 * @param json   the object
 * @param origin where it comes from, for messages
 */
record PreprocessorConfig(JsonNode json, String origin) {
  private static final long MOST_BYTES = 1 << 20;

  static PreprocessorConfig read(Path file) throws IOException {
    return new PreprocessorConfig(Json.read(file, MOST_BYTES), file.toString());
  }

  /** The transform of the named processor; files of Mllama and CLIP models name it in one of two keys. */
  ImageTransform transform() throws IOException {
    String type = json.path("image_processor_type").asText(json.path("feature_extractor_type").asText(""));
    try {
      return switch (type) {
        case "MllamaImageProcessor", "MllamaImageProcessorFast" -> mllama();
        case "CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPFeatureExtractor" -> clip();
        default -> throw error("image_processor_type", "expected MllamaImageProcessor or CLIPImageProcessor, found '" + type + "'");
      };
    } catch (IllegalArgumentException e) {
      throw new IOException(origin + ": " + e.getMessage(), e);
    }
  }

  MllamaTransform mllama() throws IOException {
    if (!flag("do_resize") || !flag("do_pad")) {
      throw error("do_resize and do_pad", "both must be true: tiles have a fixed size");
    }
    JsonNode size = json.path("size");
    int height = size.isMissingNode() ? 224 : integer(size, "height", "size");
    int width = size.isMissingNode() ? 224 : integer(size, "width", "size");
    if (height != width) {
      throw error("size", "tiles must be square, found " + height + "x" + width);
    }
    double[] half = {0.5, 0.5, 0.5};
    return new MllamaTransform(new TileLayout(height, json.has("max_image_tiles") ? integer(json, "max_image_tiles", "") : 4),
        filter(Resize.Filter.BILINEAR), scale(half, half));
  }

  ClipTransform clip() throws IOException {
    JsonNode size = json.path("size");
    ClipTransform.Sizing sizing;
    if (!flag("do_resize")) {
      sizing = new ClipTransform.Unchanged();
    } else if (size.has("height") || size.has("width")) {
      sizing = new ClipTransform.Fixed(integer(size, "height", "size"), integer(size, "width", "size"));
    } else {
      sizing = new ClipTransform.ShortestEdge(size.isMissingNode() ? 224
          : size.isObject() ? integer(size, "shortest_edge", "size") : integer(json, "size", ""));
    }
    return new ClipTransform(sizing, crop(sizing), filter(Resize.Filter.BICUBIC), scale(ClipTransform.mean(), ClipTransform.std()));
  }

  private int crop(ClipTransform.Sizing sizing) throws IOException {
    if (!flag("do_center_crop")) {
      if (sizing instanceof ClipTransform.Fixed fixed && fixed.height() == fixed.width()) {
        return fixed.height();
      }
      throw error("do_center_crop", "must be true unless size is a square: the tower takes pictures of one size");
    }
    JsonNode crop = json.path("crop_size");
    if (!crop.isObject()) {
      return crop.isMissingNode() ? 224 : integer(json, "crop_size", "");
    }
    int height = integer(crop, "height", "crop_size");
    if (height != integer(crop, "width", "crop_size")) {
      throw error("crop_size", "must be square, found " + crop);
    }
    return height;
  }

  private PixelScale scale(double[] defaultMean, double[] defaultStd) throws IOException {
    double factor = flag("do_rescale") ? json.path("rescale_factor").asDouble(1 / 255.0) : 1;
    return flag("do_normalize")
        ? new PixelScale(factor, channels("image_mean", defaultMean), channels("image_std", defaultStd))
        : new PixelScale(factor, null, null);
  }

  private Resize.Filter filter(Resize.Filter byDefault) throws IOException {
    JsonNode value = json.path("resample");
    if (value.isMissingNode()) {
      return byDefault;
    }
    return switch (value.asText()) {
      case "2", "bilinear" -> Resize.Filter.BILINEAR;
      case "3", "bicubic" -> Resize.Filter.BICUBIC;
      default -> throw error("resample", "only 2 (bilinear) and 3 (bicubic) are supported, found " + value);
    };
  }

  private double[] channels(String key, double[] byDefault) throws IOException {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return byDefault;
    }
    if (!value.isNumber() && !(value.isArray() && value.size() == 3)) {
      throw error(key, "expected three numbers, found " + value);
    }
    double[] channels = new double[3];
    for (int c = 0; c < 3; c++) {
      JsonNode one = value.isNumber() ? value : value.get(c);
      if (!one.isNumber()) {
        throw error(key, "expected three numbers, found " + value);
      }
      channels[c] = one.asDouble();
    }
    return channels;
  }

  private boolean flag(String key) {
    return json.path(key).asBoolean(true);
  }

  private int integer(JsonNode node, String key, String parent) throws IOException {
    JsonNode value = node.path(key);
    if (!value.canConvertToInt() || value.asInt() < 1) {
      throw error(parent.isEmpty() ? key : parent + "." + key, "expected a positive integer, found "
          + (value.isMissingNode() ? "nothing" : value));
    }
    return value.asInt();
  }

  private IOException error(String key, String problem) {
    return new IOException(origin + ": " + key + ": " + problem);
  }
}

package io.llama3v.vision.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.image.Transparency;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Compares decoding, resizing, tiling and normalisation with a folder of reference results, bit for bit.
 *
 * <p>The folder has a {@code case.json} that describes the items, pictures beside it, and the expected tensors in
 * {@code expected.safetensors}; sizes, configurations and items all come from there. A folder with {@code posembed.safetensors} in
 * their place is a case of position-embedding resizing.
 */
public final class ImageParity {
  private static final Pattern NUMBERED = Pattern.compile("(\\d+)_.*");
  private static final Pattern BATCH = Pattern.compile("(\\[\\[.*]])(?:.*config (\\w+))?");

  private final Path folder;
  private final JsonNode description;
  private final WeightSource expected;
  private final Map<String, ParityGroup> groups = new LinkedHashMap<>();
  private final Map<String, ImageTransform> transforms = new LinkedHashMap<>();

  private ImageParity(Path folder, JsonNode description, WeightSource expected) throws IOException {
    this.folder = folder;
    this.description = description;
    this.expected = expected;
    for (Map.Entry<String, JsonNode> entry : description.path("mllama_configs").properties()) {
      transforms.put("mllama." + entry.getKey(), new PreprocessorConfig(entry.getValue(), origin()).mllama());
    }
    if (description.has("clip_config")) {
      transforms.put("clip", clip(description.get("clip_config")));
    }
  }

  /** Whether a folder is laid out as a case of this kind. */
  public static boolean accepts(Path folder) {
    return Files.isRegularFile(folder.resolve("case.json")) && (Files.isRegularFile(folder.resolve("expected.safetensors"))
        || Files.isRegularFile(folder.resolve(PositionParity.FILE)));
  }

  /**
   * Runs one folder.
   *
   * @return one result a group: canvas decisions, raw resizes, each image processor, the padded batch; or each position resizer
   * @throws IOException if the folder is not laid out as described
   */
  public static List<ParityResult> run(Path folder) throws IOException {
    if (Files.isRegularFile(folder.resolve(PositionParity.FILE))) {
      return PositionParity.run(folder);
    }
    JsonNode description = Json.read(folder.resolve("case.json"));
    try (WeightSource expected = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
      ImageParity parity = new ImageParity(folder, description, expected);
      parity.canvases();
      parity.resizes();
      parity.items();
      parity.batch();
      List<ParityResult> results = new ArrayList<>();
      parity.groups.values().forEach(group -> results.add(group.result()));
      return results;
    }
  }

  private void canvases() {
    JsonNode table = description.path("canvas_table");
    List<String> columns = new ArrayList<>();
    table.path("columns").forEach(column -> columns.add(column.asText()));
    for (JsonNode row : table.path("rows")) {
      Map<String, Integer> values = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        values.put(columns.get(i), row.get(i).asInt());
      }
      TileLayout layout = new TileLayout(values.get("tile_size"), values.get("max_tiles"));
      Placement placement = layout.place(values.get("height"), values.get("width"));
      long[] wanted = {values.get("tiles_h"), values.get("tiles_w"), values.get("resized_h"), values.get("resized_w"),
        values.get("aspect_ratio_id")};
      group("canvas").compare(row.toString(), wanted, decisions(placement));
    }
  }

  private void resizes() throws IOException {
    for (JsonNode item : description.path("pillow_resizes")) {
      Resize.Filter filter = Resize.Filter.valueOf(item.path("filter").asText().toUpperCase(Locale.ROOT));
      JsonNode target = item.path("target_hw");
      // Pillow's own convert("RGB"), which lets the colours below transparent pixels show.
      RgbImage image = picture(item.path("png").asText(), Transparency.DROP);
      byte[] rgb = Resize.resize(image, target.get(1).asInt(), target.get(0).asInt(), filter).rgb();
      long[] actual = new long[rgb.length];
      for (int i = 0; i < rgb.length; i++) {
        actual[i] = rgb[i] & 255;
      }
      String tensor = item.path("tensor").asText();
      group("resize").compare(tensor, expected.readLongs(tensor), actual);
    }
  }

  private void items() throws IOException {
    for (JsonNode item : description.path("items")) {
      String processor = item.path("processor").asText();
      String png = item.path("png").asText();
      String tensor = processor + "." + number(png) + ".pixel_values";
      ParityGroup group = group(processor);
      ImageTransform transform = transforms.get(processor);
      if (transform == null) {
        group.fail(tensor + ": no configuration of this name");
        continue;
      }
      TiledImage image = transform.apply(picture(png, transform.transparency()));
      float[] wanted = expected.readFloats(tensor);
      int present = image.tiles() * (transform.floats() / (transform instanceof MllamaTransform m ? m.layout().maxTiles() : 1));
      group.compare(tensor, wanted, Arrays.copyOf(image.pixels(), present));
      for (int i = present; i < image.pixels().length; i++) {
        if (image.pixels()[i] != 0) {
          group.fail(tensor + ": an unused tile is not zero");
        }
      }
      if (transform instanceof MllamaTransform mllama) {
        decisions(item, image.placement(), mllama.layout(), group, tensor);
      }
    }
  }

  private static void decisions(JsonNode item, Placement placement, TileLayout layout, ParityGroup group, String tensor) {
    long[] wanted = {item.path("canvas_hw").path(0).asLong() / layout.tileSize(),
      item.path("canvas_hw").path(1).asLong() / layout.tileSize(), item.path("resized_hw").path(0).asLong(),
      item.path("resized_hw").path(1).asLong(), item.path("aspect_ratio_id").asLong()};
    group.compare(tensor + " canvas", wanted, decisions(placement));
    int[] mask = layout.aspectRatioMask(placement.aspectRatioId());
    group.compare(tensor + " aspect_ratio_mask", longs(item.path("aspect_ratio_mask")),
        Arrays.stream(mask).asLongStream().toArray());
  }

  /** The batch is described in words: {@code preprocess([[img00],[img04,img05]]) with config t4}. */
  private void batch() throws IOException {
    Matcher matcher = BATCH.matcher(description.path("batch_case").asText());
    if (!matcher.find() || !expected.contains("mllama.batch.pixel_values")) {
      return;
    }
    ParityGroup group = group("mllama.batch");
    String config = "mllama." + (matcher.group(2) == null ? "t4" : matcher.group(2));
    if (!(transforms.get(config) instanceof MllamaTransform transform)) {
      group.fail("no configuration " + config);
      return;
    }
    List<List<TiledImage>> samples = new ArrayList<>();
    for (String sample : matcher.group(1).replace(" ", "").split("],")) {
      List<TiledImage> images = new ArrayList<>();
      Matcher image = Pattern.compile("(\\d+)").matcher(sample);
      while (image.find()) {
        images.add(transform.apply(picture(numbered(image.group(1)), transform.transparency())));
      }
      samples.add(images);
    }
    TiledBatch batch = TiledBatch.of(samples, transform);
    group.compare("pixel_values", expected.readFloats("mllama.batch.pixel_values"), batch.pixels());
    group.compare("aspect_ratio_ids", expected.readLongs("mllama.batch.aspect_ratio_ids"), Arrays.stream(batch.aspectRatioIds()).flatMapToInt(Arrays::stream).asLongStream().toArray());
    group.compare("aspect_ratio_mask", expected.readLongs("mllama.batch.aspect_ratio_mask"), Arrays.stream(batch.tileCounts()).flatMapToInt(Arrays::stream)
        .mapToObj(count -> LongStream.range(0, transform.layout().maxTiles()).map(tile -> tile < count ? 1 : 0))
        .flatMapToLong(mask -> mask).toArray());
  }

  private ClipTransform clip(JsonNode config) {
    double[] mean = doubles(config.path("mean"));
    double[] std = doubles(config.path("std"));
    Resize.Filter filter = Resize.Filter.valueOf(config.path("resample").asText("bicubic").toUpperCase(Locale.ROOT));
    return new ClipTransform(new ClipTransform.ShortestEdge(config.path("shortest_edge").asInt()), config.path("crop").asInt(),
        filter, new PixelScale(1 / 255.0, mean, std));
  }

  private String numbered(String digits) throws IOException {
    for (JsonNode item : description.path("items")) {
      if (number(item.path("png").asText()).equals(digits)) {
        return item.path("png").asText();
      }
    }
    throw new IOException(origin() + ": batch_case names picture " + digits + ", but no item has it");
  }

  private static String number(String png) {
    Matcher matcher = NUMBERED.matcher(Path.of(png).getFileName().toString());
    return matcher.matches() ? matcher.group(1) : png;
  }

  private RgbImage picture(String relative, Transparency transparency) throws IOException {
    return ImageDecoder.decode(folder.resolve(relative), transparency);
  }

  private ParityGroup group(String name) {
    return groups.computeIfAbsent(name, n -> new ParityGroup("image." + n, 0, 0));
  }

  private String origin() {
    return folder.resolve("case.json").toString();
  }

  private static long[] decisions(Placement p) {
    return new long[] {p.aspectRatio().tilesHigh(), p.aspectRatio().tilesWide(), p.resizedHeight(), p.resizedWidth(),
      p.aspectRatioId()};
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong();
    }
    return values;
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }
}

package io.llama3v.vision.copy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.Backend;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.Module;
import io.llama3v.nn.Weights;
import io.llama3v.ops.L2Normalize;
import io.llama3v.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pictures to unit vectors whose dot product tells copies: the architecture of SSCD (E. Pizzi and others: A self-supervised
 * descriptor for image copy detection, 2022): ResNet, generalised mean, linear layer, unit length.
 *
 * <p>Weights keep the names of SSCD's {@code *.torchvision.pt} files, {@code backbone.conv1.weight} and so on; torchvision's own
 * names, without the prefix, are read too. Other constants stand in {@value #FILE} beside the weights; without it, SSCD's hold.
 */
public final class CopyModel extends Module {
  /** The file beside the weights. */
  public static final String FILE = "copy_model.json";
  private static final String PREFIX = "backbone.";
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] DEVIATION = {0.229, 0.224, 0.225};
  private final CopyModelConfig config;
  private final ResNet backbone;

  /** Declares a network; initialise it or load weights. */
  public CopyModel(CopyModelConfig config) {
    this.config = config;
    backbone = child("backbone", new ResNet(config));
  }

  /**
   * Loads a safetensors file, or a folder with one.
   *
   * @throws IOException              if it cannot be read or lacks the names of a ResNet
   * @throws IllegalArgumentException if shapes are not those of a ResNet of bottleneck blocks, or tensors are left over
   */
  public static CopyModel load(Backend backend, Path path) throws IOException {
    try (WeightSource source = ShardedWeights.open(path)) {
      String prefix = source.contains(PREFIX + "conv1.weight") ? PREFIX : "";
      Path file = (Files.isDirectory(path) ? path : path.toAbsolutePath().getParent()).resolve(FILE);
      JsonNode constants = Files.exists(file) ? Json.read(file) : Json.mapper().createObjectNode();
      CopyModel model = new CopyModel(CopyModelConfig.infer(source, prefix, constants.path("power").asDouble(3),
          constants.path("side").asInt(320)));
      try {
        // The counter of batches means nothing at a fixed momentum.
        Weights.load(model.backbone, backend, source, prefix, name -> name.endsWith(".num_batches_tracked"));
      } catch (IOException | RuntimeException failed) {
        model.close();
        throw failed;
      }
      return model;
    }
  }

  /** Whether a file or folder holds a network of this kind, by its names. */
  public static boolean recognises(Path path) throws IOException {
    try (WeightSource source = ShardedWeights.open(path)) {
      return source.contains(PREFIX + "conv1.weight") || source.contains("conv1.weight");
    }
  }

  /** Writes weights and {@value #FILE}. */
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    Weights.save(this, folder);
    ObjectNode constants = Json.mapper().createObjectNode();
    constants.put("power", config.power()).put("side", config.side());
    AtomicFiles.writeString(folder.resolve(FILE), Json.writePretty(constants));
  }

  /** Its shape. */
  public CopyModelConfig config() {
    return config;
  }

  /** Descriptors [N, dimension] of unit length, of pixels [N, H, W, 3] as {@link #pixels} makes them. */
  public Tensor forward(Tensor pixels, boolean training) {
    return L2Normalize.apply(backbone.forward(pixels, training));
  }

  /** Pictures, resized to the square that the network wants, with colours normalised: [N, side, side, 3]. */
  public float[] pixels(List<RgbImage> images) {
    int side = config.side();
    float[][] table = new float[3][256];
    for (int c = 0; c < 3; c++) for (int v = 0; v < 256; v++) table[c][v] = (float) ((v / 255.0 - MEAN[c]) / DEVIATION[c]);
    float[] pixels = new float[Math.multiplyExact(images.size(), 3 * side * side)];
    int at = 0;
    for (RgbImage image : images) {
      byte[] rgb = Resize.resize(image, side, side, Resize.Filter.BILINEAR).rgb();
      for (int i = 0; i < rgb.length; i++) pixels[at++] = table[i % 3][rgb[i] & 255];
    }
    return pixels;
  }

  /** The output of every stage, for tests. */
  List<Tensor> trace(Tensor pixels) {
    List<Tensor> stages = new ArrayList<>();
    Tensor x = backbone.stem(pixels, false);
    stages.add(x);
    for (Bottleneck block : backbone.blocks()) stages.add(x = block.forward(x, false));
    stages.add(backbone.pool(x));
    return stages;
  }
}

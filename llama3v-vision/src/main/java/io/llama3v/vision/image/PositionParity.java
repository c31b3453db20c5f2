package io.llama3v.vision.image;

import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.PositionInterpolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares {@link PositionInterpolation} with a folder of reference tables; grids and widths come from the tensors' names and shapes. */
final class PositionParity {
  static final String FILE = "posembed.safetensors";

  /** Absolute, or relative to the expected table's largest value: the reference computes in float32. */
  private static final double TOLERANCE = 1e-5;

  private static final Pattern GRID = Pattern.compile("(\\d+)to(\\d+)\\.(.+)");
  private static final Pattern TILE = Pattern.compile("tile\\.meta_dynamic_resize_.*");

  private final WeightSource tables;
  private final Map<String, ParityGroup> groups = new LinkedHashMap<>();

  private PositionParity(WeightSource tables) {
    this.tables = tables;
  }

  static List<ParityResult> run(Path folder) throws IOException {
    try (WeightSource tables = SafetensorsFile.open(folder.resolve(FILE))) {
      PositionParity parity = new PositionParity(tables);
      for (String name : tables.names()) {
        parity.compare(name);
      }
      List<ParityResult> results = new ArrayList<>();
      parity.groups.values().forEach(group -> results.add(group.result()));
      return results;
    }
  }

  private void compare(String name) throws IOException {
    Matcher grid = GRID.matcher(name);
    float[] actual;
    String kind;
    if (grid.matches() && !grid.group(3).equals("in")) {
      kind = grid.group(3);
      actual = resized(name, kind, Integer.parseInt(grid.group(1)), Integer.parseInt(grid.group(2)));
    } else if (TILE.matcher(name).matches()) {
      kind = "tile";
      actual = tiles(name);
    } else {
      return;
    }
    ParityGroup group = groups.computeIfAbsent(kind, k -> new ParityGroup("posembed." + k, TOLERANCE, TOLERANCE));
    if (actual == null) {
      group.fail(name + ": unknown kind of resizing");
    } else {
      group.compare(name, tables.readFloats(name), actual);
    }
  }

  private float[] resized(String name, String kind, int oldGrid, int newGrid) throws IOException {
    String prefix = name.substring(0, name.length() - kind.length());
    long[] shape = tables.info(name).shape();
    int width = (int) shape[shape.length - 1];
    return switch (kind) {
      case "open_clip_bicubic_antialias" -> local(Interpolation.OPEN_CLIP, prefix, oldGrid, newGrid, width);
      case "hf_clip_bicubic" -> local(Interpolation.HUGGING_FACE, prefix, oldGrid, newGrid, width);
      case "meta_bilinear_align_corners" -> local(Interpolation.META, prefix, oldGrid, newGrid, width);
      case "meta_global_init_4x4_from_local" -> PositionInterpolation.globalFromLocal(
          tables.readFloats(prefix + "in"), oldGrid, (int) shape[0], (int) shape[1], width);
      case "meta_global_resized" -> {
        String source = prefix + "meta_global_init_4x4_from_local";
        long[] old = tables.info(source).shape();
        yield PositionInterpolation.resizeGlobal(tables.readFloats(source), (int) old[0], (int) old[1], oldGrid,
            (int) shape[0], (int) shape[1], newGrid, width);
      }
      default -> null;
    };
  }

  private float[] local(Interpolation kind, String prefix, int oldGrid, int newGrid, int width) throws IOException {
    return PositionInterpolation.resizeTable(kind, tables.readFloats(prefix + "in"), oldGrid, newGrid, width);
  }

  private float[] tiles(String name) throws IOException {
    for (String source : tables.names()) {
      if (source.startsWith("tile.in_")) {
        long[] old = tables.info(source).shape();
        long[] shape = tables.info(name).shape();
        int width = (int) (shape[2] * shape[3]);
        return PositionInterpolation.resizeTiles(tables.readFloats(source), (int) old[0], (int) old[1],
            (int) shape[0], (int) shape[1], width);
      }
    }
    return null;
  }
}

package io.llama3v.vision.clip;

import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsType;
import io.llama3v.io.SafetensorsWriter;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.WeightLayout;
import io.llama3v.tensor.Parameter;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * OpenCLIP's naming of a CLIP model's weights. It stacks the rows of the query, key and value projections into one
 * {@code in_proj}, and stores the two projections into the common space as [in, out], the transpose of Hugging Face's.
 */
public final class OpenClipLayout implements WeightLayout {
  /** The file of weights in an OpenCLIP folder. */
  public static final String WEIGHTS_FILE = "open_clip_model.safetensors";

  /** Renamings of prefixes and parts, tried in order; a later one sees the result of an earlier. */
  private static final String[][] RENAMINGS = {
      {"vision_model.embeddings.class_embedding", "visual.class_embedding"},
      {"vision_model.embeddings.patch_embedding.weight", "visual.conv1.weight"},
      {"vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"},
      {"vision_model.pre_layrnorm.", "visual.ln_pre."},
      {"vision_model.post_layernorm.", "visual.ln_post."},
      {"vision_model.encoder.layers.", "visual.transformer.resblocks."},
      {"text_model.embeddings.token_embedding.weight", "token_embedding.weight"},
      {"text_model.embeddings.position_embedding.weight", "positional_embedding"},
      {"text_model.final_layer_norm.", "ln_final."},
      {"text_model.encoder.layers.", "transformer.resblocks."},
      {".layer_norm1.", ".ln_1."}, {".layer_norm2.", ".ln_2."}, {".self_attn.out_proj.", ".attn.out_proj."},
      {".mlp.fc1.", ".mlp.c_fc."}, {".mlp.fc2.", ".mlp.c_proj."},
      {".self_attn.q_proj.", ".attn.in_proj_"}, {".self_attn.k_proj.", ".attn.in_proj_"}, {".self_attn.v_proj.", ".attn.in_proj_"}};
  private static final Map<String, String> TRANSPOSED = Map.of("visual_projection.weight", "visual.proj", "text_projection.weight",
      "text_projection");
  private static final List<String> BUFFERS = List.of("attn_mask", "input_resolution", "context_length", "vocab_size");

  /** A tensor under its OpenCLIP name. */
  record Converted(long[] shape, Supplier<float[]> values) {}

  @Override
  public float[] read(WeightSource source, String name, long[] shape, Set<String> used) throws IOException {
    used.addAll(BUFFERS);
    String theirs = inSource(source, theirName(name));
    if (!source.contains(theirs)) return null;
    used.add(theirs);
    int part = "qkv".indexOf(projection(name));
    if (part >= 0) {
      long elements = source.info(theirs).elements();
      if (elements % 3 != 0) throw new IOException(source.describe() + ": '" + theirs + "' has " + elements + " elements; expected three parts");
      FloatBuffer third = FloatBuffer.allocate(Math.toIntExact(elements / 3));
      source.readFloats(theirs, part * (elements / 3), third);
      return third.array();
    }
    float[] values = source.readFloats(theirs);
    if (!TRANSPOSED.containsKey(name)) return values;
    if (values.length != shape[0] * shape[1]) return values;
    return transpose(values, (int) shape[1], (int) shape[0]);
  }

  /** Models with a text tower of a class of its own put "text." before its names. */
  private static String inSource(WeightSource source, String name) {
    return !name.startsWith("visual.") && !source.contains(name) && source.contains("text." + name) ? "text." + name : name;
  }

  private static String theirName(String name) {
    if (TRANSPOSED.containsKey(name)) return TRANSPOSED.get(name);
    String theirs = name;
    for (String[] renaming : RENAMINGS) theirs = theirs.replace(renaming[0], renaming[1]);
    return theirs;
  }

  /** "q", "k" or "v" for a part of a stacked projection; otherwise a text that is none of them. */
  private static String projection(String name) {
    int at = name.indexOf(".self_attn.");
    return at < 0 || name.contains("out_proj") ? "none" : name.substring(at + 11, at + 12);
  }

  /** {@code values} [rows, columns] to [columns, rows]. */
  private static float[] transpose(float[] values, int rows, int columns) {
    float[] out = new float[values.length];
    for (int r = 0; r < rows; r++) for (int c = 0; c < columns; c++) out[c * rows + r] = values[r * columns + c];
    return out;
  }

  /** Tensors of a CLIP model under OpenCLIP's names, given those under Hugging Face's; values are read when asked for. */
  static Map<String, Converted> convert(Map<String, long[]> shapes, Function<String, float[]> values) {
    Map<String, Converted> out = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> {
      long[] theirs = shape.clone();
      switch (projection(name)) {
        case "q" -> {
          theirs[0] *= 3;
          out.put(theirName(name), new Converted(theirs, () -> stacked(name, values)));
        }
        case "k", "v" -> { }
        default -> {
          if (!TRANSPOSED.containsKey(name)) {
            out.put(theirName(name), new Converted(theirs, () -> values.apply(name)));
          } else {
            out.put(theirName(name), new Converted(new long[] {shape[1], shape[0]},
                () -> transpose(values.apply(name), (int) shape[0], (int) shape[1])));
          }
        }
      }
    });
    return out;
  }

  private static float[] stacked(String query, Function<String, float[]> values) {
    float[] q = values.apply(query);
    float[] out = java.util.Arrays.copyOf(q, 3 * q.length);
    System.arraycopy(values.apply(query.replace(".q_proj.", ".k_proj.")), 0, out, q.length, q.length);
    System.arraycopy(values.apply(query.replace(".q_proj.", ".v_proj.")), 0, out, 2 * q.length, q.length);
    return out;
  }

  /** Writes a model as an OpenCLIP folder: {@code open_clip_config.json} and {@value #WEIGHTS_FILE}. */
  public static void save(ClipModel model, Path folder) throws IOException {
    Map<String, Parameter> parameters = model.parameters();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> shapes.put(name, parameter.shape()));
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    convert(shapes, name -> parameters.get(name).toFloats()).forEach((name, tensor) -> entries.add(SafetensorsWriter.Entry.of(name,
        SafetensorsType.F32, tensor.shape(), sink -> sink.floats(FloatBuffer.wrap(tensor.values().get())))));
    Files.createDirectories(folder);
    SafetensorsWriter.write(folder.resolve(WEIGHTS_FILE), entries);
    AtomicFiles.writeString(folder.resolve(ClipConfig.OPEN_CLIP_FILE), Json.writePretty(model.config().toOpenClipJson()));
  }
}

package io.llama3v.nn;

import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsType;
import io.llama3v.io.SafetensorsWriter;
import io.llama3v.io.ShardedWriter;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Loads and saves the weights of modules. Loading is strict: a missing, left-over or misshapen tensor is an error that lists all of them. */
public final class Weights {
  /** Elements converted at a time: large tables never exist twice. */
  private static final long CHUNK = 1 << 24;

  private Weights() {}

  /**
   * Loads a checkpoint in Hugging Face's names. Tensors called {@code *.position_ids} are buffers of old files and are ignored.
   *
   * @throws IllegalArgumentException listing what is missing, left over or of another shape
   */
  public static void load(Module module, Backend backend, WeightSource source) throws IOException {
    load(module, backend, source, "", name -> false);
  }

  /**
   * Loads the part of a checkpoint whose names begin with {@code prefix}.
   *
   * @param prefix what precedes the module's own names in the checkpoint
   * @param ignored names (with prefix) that may be left over
   */
  public static void load(Module module, Backend backend, WeightSource source, String prefix, Predicate<String> ignored)
      throws IOException {
    Map<String, Parameter> parameters = module.parameters();
    Set<String> left = new TreeSet<>();
    for (String name : source.names()) if (name.startsWith(prefix)) left.add(name);
    left.removeIf(name -> name.endsWith(".position_ids") || ignored.test(name));
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
      String name = prefix + entry.getKey();
      if (!source.contains(name)) problems.add("missing " + name + " " + Shape.text(entry.getValue().shape()));
      else if (left.remove(name)) check(name, source.info(name).shape(), entry.getValue(), problems);
    }
    report(source, left, problems);
    for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
      String name = prefix + entry.getKey();
      if (staysBf16(source, name, entry.getValue(), backend)) uploadBytes(source, name, entry.getValue().allocate(backend, DType.BF16));
      else upload(source, name, entry.getValue().allocate(backend), backend);
    }
  }

  /**
   * Reads one tensor into a parameter that has memory, a piece at a time. A tensor with fewer rows fills the first ones.
   *
   * @throws IllegalArgumentException if its rows are of another shape or there are more of them
   */
  public static void read(WeightSource source, String name, Parameter parameter) throws IOException {
    long[] shape = source.info(name).shape();
    long[] wanted = parameter.shape();
    if (shape.length > 0 && shape.length == wanted.length) wanted[0] = Math.min(wanted[0], shape[0]);
    if (!Arrays.equals(shape, wanted)) {
      throw new IllegalArgumentException(source.describe() + ": " + name + " has shape " + Shape.text(shape) + "; expected at most "
          + Shape.text(parameter.shape()));
    }
    upload(source, name, parameter, parameter.backend(), Shape.elements(shape));
  }

  /** Matrices that come in BF16 to a backend that multiplies in BF16: neither memory nor precision is gained by widening them. */
  private static boolean staysBf16(WeightSource source, String name, Parameter parameter, Backend backend) throws IOException {
    return backend.computeType() == DType.BF16 && source.hasBytes() && source.info(name).dtype() == SafetensorsType.BF16
        && parameter.rank() >= 2 && !parameter.isAllocated() && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  /** From the mapped file to the device as it is. */
  private static void uploadBytes(WeightSource source, String name, Parameter parameter) throws IOException {
    int size = DType.BF16.bytes();
    ByteBuffer chunk = ByteBuffer.allocateDirect((int) Math.min(CHUNK, parameter.elements()) * size);
    for (long at = 0; at < parameter.elements(); at += CHUNK) {
      long count = Math.min(CHUNK, parameter.elements() - at);
      source.readBytes(name, at * size, chunk.clear().limit((int) count * size));
      try (Tensor part = new Tensor(parameter.backend(), parameter.storage().retain(), DType.BF16, at, count)) {
        parameter.backend().uploadBytes(chunk.flip(), part);
      }
    }
  }

  private static void upload(WeightSource source, String name, Parameter parameter, Backend backend) throws IOException {
    upload(source, name, parameter, backend, parameter.elements());
  }

  private static void upload(WeightSource source, String name, Parameter parameter, Backend backend, long elements) throws IOException {
    if (elements == parameter.elements() && elements <= CHUNK) {
      backend.upload(FloatBuffer.wrap(source.readFloats(name)), parameter);
      return;
    }
    FloatBuffer chunk = FloatBuffer.allocate(Math.toIntExact(Math.min(CHUNK, elements)));
    for (long at = 0; at < elements; at += CHUNK) {
      long count = Math.min(CHUNK, elements - at);
      chunk.clear().limit((int) count);
      source.readFloats(name, at, chunk);
      chunk.flip();
      try (Tensor part = new Tensor(backend, parameter.storage().retain(), parameter.type(), at, count)) {
        backend.upload(chunk, part);
      }
    }
  }

  /** Loads a checkpoint in a foreign layout. */
  public static void load(Module module, Backend backend, WeightSource source, WeightLayout layout) throws IOException {
    Set<String> used = new HashSet<>();
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Parameter> entry : module.parameters().entrySet()) {
      String name = entry.getKey();
      Parameter parameter = entry.getValue();
      float[] values = layout.read(source, name, parameter.shape(), used);
      if (values == null) problems.add("missing " + name + " " + Shape.text(parameter.shape()));
      else if (values.length != parameter.elements()) problems.add(name + " has " + values.length + " values; expected "
          + Shape.text(parameter.shape()));
      else backend.upload(FloatBuffer.wrap(values), parameter.allocate(backend));
    }
    Set<String> left = new TreeSet<>(source.names());
    left.removeAll(used);
    left.removeIf(name -> name.endsWith("position_ids"));
    report(source, left, problems);
  }

  private static void check(String name, long[] found, Parameter parameter, List<String> problems) {
    if (!Arrays.equals(found, parameter.shape())) {
      problems.add(name + " has shape " + Shape.text(found) + "; the model expects " + Shape.text(parameter.shape()));
    }
  }

  private static void report(WeightSource source, Set<String> left, List<String> problems) {
    for (String name : left) problems.add("left over " + name);
    if (problems.isEmpty()) return;
    int shown = Math.min(12, problems.size());
    throw new IllegalArgumentException(source.describe() + " does not fit the model (" + problems.size() + " problems; is config.json "
        + "the one that came with these weights?):\n  " + String.join("\n  ", problems.subList(0, shown))
        + (shown < problems.size() ? "\n  …" : ""));
  }

  /** Writes a module's parameters as F32 into a folder, as Hugging Face lays them out. */
  public static void save(Module module, Path folder) throws IOException {
    ShardedWriter.write(folder, entries(module.parameters()), ShardedWriter.DEFAULT_SHARD_BYTES);
  }

  /** Parameters as entries of a safetensors file, in F32. */
  public static List<SafetensorsWriter.Entry> entries(Map<String, Parameter> parameters) {
    List<SafetensorsWriter.Entry> entries = new ArrayList<>();
    parameters.forEach((name, parameter) -> entries.add(SafetensorsWriter.Entry.of(name, SafetensorsType.F32, parameter.shape(), sink -> {
      Backend backend = parameter.backend();
      for (long at = 0; at < parameter.elements(); at += CHUNK) {
        long count = Math.min(CHUNK, parameter.elements() - at);
        FloatBuffer chunk = FloatBuffer.allocate((int) count);
        try (Tensor part = new Tensor(backend, parameter.storage().retain(), parameter.type(), at, count)) {
          backend.download(part, chunk);
        }
        sink.floats(chunk);
      }
    })));
    return entries;
  }
}

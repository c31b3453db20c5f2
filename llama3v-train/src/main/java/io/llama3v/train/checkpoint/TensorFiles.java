package io.llama3v.train.checkpoint;

import io.llama3v.io.SafetensorsType;
import io.llama3v.io.SafetensorsWriter.Entry;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Moves tensors between a backend and safetensors files in pieces, so that none has to exist twice. */
public final class TensorFiles {
  private static final int CHUNK = 1 << 20;

  private TensorFiles() {}

  /** A tensor to write as F32; its values are read when the file is written. */
  public static Entry entry(String name, Tensor tensor) {
    return Entry.of(name, SafetensorsType.F32, tensor.shape(), sink -> {
      FloatBuffer chunk = FloatBuffer.allocate((int) Math.min(CHUNK, tensor.elements()));
      for (long from = 0; from < tensor.elements(); from += chunk.limit()) sink.floats(download(tensor, from, chunk));
    });
  }

  /** Reads elements from {@code from} on, as many as fit, into the buffer, which is flipped for reading. */
  public static FloatBuffer download(Tensor tensor, long from, FloatBuffer chunk) {
    chunk.clear().limit((int) Math.min(chunk.capacity(), tensor.elements() - from));
    int count = chunk.limit();
    try (Tensor part = part(tensor, from, count)) {
      tensor.backend().download(part, chunk);
    }
    return chunk.position(0).limit(count);
  }

  /** Overwrites elements from {@code from} on with what remains in the buffer. */
  public static void upload(FloatBuffer chunk, Tensor tensor, long from) {
    try (Tensor part = part(tensor, from, chunk.remaining())) {
      tensor.backend().upload(chunk, part);
    }
  }

  /**
   * Overwrites tensors with those of the same names in a file.
   *
   * @param ignored names that the file may hold besides
   * @throws CheckpointException listing what is missing, left over or of another shape; then nothing is overwritten
   */
  public static void read(Path file, WeightSource source, Map<String, ? extends Tensor> targets, Set<String> ignored)
      throws IOException {
    List<String> problems = new ArrayList<>();
    TreeSet<String> left = new TreeSet<>(source.names());
    left.removeAll(ignored);
    for (Map.Entry<String, ? extends Tensor> target : targets.entrySet()) {
      String name = target.getKey();
      long[] shape = target.getValue().shape();
      if (!left.remove(name)) {
        problems.add("missing " + name + " " + Shape.text(shape));
      } else if (!Arrays.equals(source.info(name).shape(), shape)) {
        problems.add(name + " has shape " + Shape.text(source.info(name).shape()) + "; this run expects " + Shape.text(shape));
      }
    }
    left.forEach(name -> problems.add("left over " + name));
    if (!problems.isEmpty()) {
      throw new CheckpointException(file, "does not fit what this run trains (" + problems.size() + " problems): "
          + String.join("; ", problems.subList(0, Math.min(8, problems.size()))));
    }
    FloatBuffer chunk = FloatBuffer.allocate(CHUNK);
    for (Map.Entry<String, ? extends Tensor> target : targets.entrySet()) {
      Tensor tensor = target.getValue();
      for (long from = 0; from < tensor.elements(); from += CHUNK) {
        chunk.clear().limit((int) Math.min(CHUNK, tensor.elements() - from));
        source.readFloats(target.getKey(), from, chunk);
        upload(chunk.flip(), tensor, from);
      }
    }
  }

  static void digest(Tensor tensor, MessageDigest digest) {
    FloatBuffer chunk = FloatBuffer.allocate((int) Math.min(CHUNK, tensor.elements()));
    ByteBuffer bytes = ByteBuffer.allocate(4 * chunk.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    for (long from = 0; from < tensor.elements(); from += chunk.limit()) {
      download(tensor, from, chunk);
      bytes.clear().asFloatBuffer().put(chunk.duplicate());
      digest.update(bytes.limit(4 * chunk.limit()));
    }
  }

  /** A stretch in the tensor's own type: what a GPU keeps in BF16, backends widen and round as they pass it on. */
  private static Tensor part(Tensor tensor, long from, long count) {
    return new Tensor(tensor.backend(), tensor.storage().retain(), tensor.type(), tensor.offset() + from, count);
  }
}

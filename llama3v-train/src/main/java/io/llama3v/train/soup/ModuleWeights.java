package io.llama3v.train.soup;

import io.llama3v.io.SafetensorsType;
import io.llama3v.io.TensorInfo;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.checkpoint.TensorFiles;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/** Tensors in memory, such as a module's parameters, as a {@link WeightSource}. It sees later changes; closing it does nothing. */
public final class ModuleWeights implements WeightSource {
  private final String name;
  private final Map<String, Tensor> tensors;

  /** A view of tensors under a name for messages and reports. */
  public ModuleWeights(String name, Map<String, ? extends Tensor> tensors) {
    this.name = name;
    this.tensors = new LinkedHashMap<>(tensors);
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  @Override
  public TensorInfo info(String tensor) {
    return new TensorInfo(tensor, SafetensorsType.F32, get(tensor).shape());
  }

  @Override
  public void readFloats(String tensor, long fromElement, FloatBuffer dst) {
    FloatBuffer chunk = FloatBuffer.allocate(dst.remaining());
    dst.put(TensorFiles.download(get(tensor), fromElement, chunk));
  }

  @Override
  public long[] readLongs(String tensor) {
    throw new UnsupportedOperationException(name + ": '" + tensor + "' holds no integers");
  }

  private Tensor get(String tensor) {
    Tensor found = tensors.get(tensor);
    if (found == null) throw new NoSuchElementException(name + " has no tensor '" + tensor + "'");
    return found;
  }

  @Override
  public Map<String, String> metadata() {
    return Map.of();
  }

  @Override
  public String describe() {
    return name;
  }

  @Override
  public void close() {}
}

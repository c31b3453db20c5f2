package io.llama3v.train.optim;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for NaN and infinity in tensors that are to be finite: weights, moments, averages. Each is summed up, which such a value
 * survives and finite ones of any sensible size cannot fake; the sums travel to the host together, so that a device is waited for
 * once. Reads every value once.
 */
public final class FiniteCheck implements AutoCloseable {
  private final List<String> names;
  private final List<Tensor> tensors;
  private final List<Tensor> places = new ArrayList<>();
  private final Tensor sums;

  /** A check of these tensors, which all live on one backend and keep doing so. */
  public FiniteCheck(Map<String, ? extends Tensor> watched) {
    if (watched.isEmpty()) throw new IllegalArgumentException("no tensors to watch");
    names = List.copyOf(watched.keySet());
    tensors = new ArrayList<>(new LinkedHashMap<>(watched).values());
    Backend backend = tensors.get(0).backend();
    sums = backend.detached(DType.F32, tensors.size());
    for (int i = 0; i < tensors.size(); i++) {
      places.add(new Tensor(backend, sums.storage().retain(), DType.F32, sums.offset() + i));
    }
  }

  /** The name of the first tensor that holds a value that is not finite, if any does. */
  public Optional<String> firstBroken() {
    Backend backend = sums.backend();
    backend.kernels().fill(sums, 0);
    for (int i = 0; i < tensors.size(); i++) backend.kernels().sumInto(tensors.get(i), places.get(i));
    FloatBuffer host = FloatBuffer.allocate(tensors.size());
    backend.download(sums, host);
    for (int i = 0; i < names.size(); i++) {
      if (!Float.isFinite(host.get(i))) return Optional.of(names.get(i));
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    places.forEach(Tensor::close);
    sums.close();
  }
}

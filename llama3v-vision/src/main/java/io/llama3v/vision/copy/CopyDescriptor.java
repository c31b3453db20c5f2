package io.llama3v.vision.copy;

import io.llama3v.backend.Backend;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Digests;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link CopyModel} in use: pictures in, unit vectors out. Safe for several threads: they prepare side by side and compute in turn. */
public final class CopyDescriptor implements AutoCloseable {
  /** Pictures computed at a time; more only takes more memory. */
  private static final int BATCH = 8;
  private final Backend backend;
  private final CopyModel model;
  private final String fingerprint;

  /** Takes over the model and the backend that it lives on. */
  public CopyDescriptor(Backend backend, CopyModel model) {
    this.backend = backend;
    this.model = model;
    StringBuilder sums = new StringBuilder(model.config().toString());
    model.parameters().forEach((name, parameter) -> sums.append(name).append(java.util.Arrays.hashCode(parameter.toFloats())));
    this.fingerprint = "copy-model " + Digests.sha256(sums.toString());
  }

  /** Opens a checkpoint on the best backend; see {@link CopyModel#load}. */
  public static CopyDescriptor load(Path path) throws IOException {
    Backend backend = Backend.best();
    try {
      return new CopyDescriptor(backend, CopyModel.load(backend, path));
    } catch (IOException | RuntimeException failed) {
      backend.close();
      throw failed;
    }
  }

  /** Names weights and pre-processing. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Numbers in a descriptor. */
  public int dimension() {
    return model.config().dimension();
  }

  /** One unit vector a picture. */
  public float[][] describe(List<RgbImage> images) {
    List<float[]> vectors = new ArrayList<>();
    for (int from = 0; from < images.size(); from += BATCH) {
      List<RgbImage> batch = images.subList(from, Math.min(images.size(), from + BATCH));
      float[] all = compute(model.pixels(batch), batch.size());
      for (int i = 0; i < batch.size(); i++) vectors.add(java.util.Arrays.copyOfRange(all, i * dimension(), (i + 1) * dimension()));
    }
    return vectors.toArray(float[][]::new);
  }

  private synchronized float[] compute(float[] pixels, int n) {
    int side = model.config().side();
    try (Scope scope = backend.scope()) {
      Tensor descriptors = model.forward(backend.tensor(pixels, n, side, side, 3), false);
      return descriptors.toFloats();
    }
  }

  @Override
  public synchronized void close() {
    model.close();
    backend.close();
  }
}

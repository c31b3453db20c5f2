package io.llama3v.train.curate;

import io.llama3v.backend.Backend;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Digests;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.ContextWindow;
import io.llama3v.train.stage.ClipPicture;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.image.ClipTransform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** A CLIP checkpoint that turns pictures and texts into unit vectors. One thread computes at a time; it uses all cores itself. */
final class ClipVectors implements AutoCloseable {
  private static final int BATCH = 64;
  private final Backend backend;
  private final ClipModel model;
  private final ClipPicture picture;
  private final ClipTransform transform;
  private final String fingerprint;

  ClipVectors(String backendName, Path checkpoint, ClipPicture picture) throws IOException {
    this.fingerprint = "clip " + weights(checkpoint) + " " + picture;
    this.backend = Backend.named(backendName);
    this.picture = picture;
    ClipModel loaded;
    try {
      loaded = ClipModel.load(backend, checkpoint);
    } catch (IOException | RuntimeException failed) {
      backend.close();
      throw failed;
    }
    this.model = loaded;
    this.transform = new ClipTransform(model.config().vision().imageSize());
  }

  String fingerprint() {
    return fingerprint;
  }

  /** Numbers in a vector. */
  int width() {
    return model.config().projectionDim();
  }

  int contextLength() {
    return model.config().text().maxPositions();
  }

  /** Vectors of pictures, row by row: [N, width]. */
  float[] images(List<RgbImage> images) {
    float[] pixels = new float[images.size() * transform.floats()];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(transform.apply(picture.of(images.get(i))).pixels(), 0, pixels, i * transform.floats(), transform.floats());
    }
    float[] vectors = new float[images.size() * width()];
    int side = transform.size();
    synchronized (model) {
      for (int from = 0; from < images.size(); from += BATCH) {
        int n = Math.min(BATCH, images.size() - from);
        try (Scope scope = backend.scope()) {
          float[] part = Arrays.copyOfRange(pixels, from * transform.floats(), (from + n) * transform.floats());
          put(model.imageEmbeddings(backend.tensor(part, n, 3, side, side)), vectors, from);
        }
      }
    }
    return vectors;
  }

  /** Vectors of texts, row by row: [N, width]. */
  float[] texts(List<String> texts, ContextWindow window) {
    float[] vectors = new float[texts.size() * width()];
    for (int from = 0; from < texts.size(); from += BATCH) {
      int n = Math.min(BATCH, texts.size() - from);
      int[] ids = new int[n * window.length()];
      for (int i = 0; i < n; i++) {
        System.arraycopy(window.encode(texts.get(from + i)), 0, ids, i * window.length(), window.length());
      }
      synchronized (model) {
        try (Scope scope = backend.scope()) {
          put(model.textEmbeddings(backend.tensor(ids, n, window.length()), null), vectors, from);
        }
      }
    }
    return vectors;
  }

  private void put(Tensor rows, float[] target, int firstRow) {
    float[] values = rows.toFloats();
    System.arraycopy(values, 0, target, firstRow * width(), values.length);
  }

  /** A digest of a checkpoint's files of weights and settings. */
  private static String weights(Path checkpoint) throws IOException {
    if (!Files.isDirectory(checkpoint)) {
      throw new IOException(checkpoint + ": no such folder; expected a CLIP checkpoint");
    }
    MessageDigest digest = Digests.sha256();
    TreeSet<Path> files = new TreeSet<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(checkpoint, "{*config.json,*.safetensors}")) {
      listing.forEach(files::add);
    }
    for (Path file : files) {
      digest.update((file.getFileName() + " " + Digests.sha256(file) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return Digests.hex(digest).substring(0, 16);
  }

  @Override
  public void close() {
    model.close();
    backend.close();
  }
}

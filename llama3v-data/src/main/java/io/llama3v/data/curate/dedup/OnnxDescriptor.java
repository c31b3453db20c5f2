package io.llama3v.data.curate.dedup;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A descriptor from an ONNX file, such as SSCD exported by its user: one input of floats [N, 3, side, side], one output [N, dimension];
 * what comes out is scaled to unit length. Colours are normalised with ImageNet's means and deviations. Needs the optional dependency
 * {@code com.microsoft.onnxruntime:onnxruntime}.
 */
public final class OnnxDescriptor implements ImageDescriptor {
  private static final int DEFAULT_SIDE = 320;
  private static final int BATCH = 8;
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] DEVIATION = {0.229, 0.224, 0.225};
  private final OrtSession session;
  private final OrtEnvironment environment;
  private final String input;
  private final int side;
  private final int batch;
  private final int dimension;
  private final String fingerprint;

  /**
   * Opens a file.
   *
   * @throws IOException           if it cannot be read or is no model of this form
   * @throws IllegalStateException if the runtime has no natives for this platform
   */
  public OnnxDescriptor(Path file) throws IOException {
    if (!Files.isRegularFile(file)) throw new IOException(file + " does not exist; expected an ONNX file");
    try {
      environment = OrtEnvironment.getEnvironment();
    } catch (UnsatisfiedLinkError absent) {
      throw new IllegalStateException("the ONNX runtime has no natives for this platform", absent);
    }
    try {
      session = environment.createSession(file.toString());
      try {
        if (session.getInputInfo().size() != 1 || session.getOutputInfo().isEmpty()) {
          throw new IOException(file + ": " + session.getInputInfo().size() + " inputs; expected one, pictures [N, 3, side, side]");
        }
        input = session.getInputNames().iterator().next();
        long[] shape = shape(session.getInputInfo().get(input), file);
        if (shape.length != 4 || shape[1] != 3 || shape[2] != shape[3]) {
          throw new IOException(file + ": the input has shape " + Arrays.toString(shape) + "; expected [N, 3, side, side]");
        }
        side = shape[2] > 0 ? Math.toIntExact(shape[2]) : DEFAULT_SIDE;
        batch = shape[0] > 0 ? Math.toIntExact(Math.min(shape[0], 1024)) : BATCH;
        // A blank picture tells the dimension, and that the model runs.
        dimension = run(new float[batch * 3 * side * side])[0].length;
      } catch (IOException | RuntimeException failed) {
        session.close();
        throw failed;
      }
    } catch (OrtException e) {
      throw new IOException(file + ": no ONNX model that can be run: " + e.getMessage(), e);
    }
    fingerprint = "onnx " + Digests.sha256(file) + " side " + side + " v1";
  }

  private static long[] shape(NodeInfo info, Path file) throws IOException {
    if (info.getInfo() instanceof TensorInfo tensor) return tensor.getShape();
    throw new IOException(file + ": input '" + info.getName() + "' is no tensor");
  }

  private float[][] run(float[] pixels) throws OrtException, IOException {
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), new long[] {batch, 3, side, side});
        OrtSession.Result result = session.run(Map.of(input, tensor))) {
      if (result.get(0).getValue() instanceof float[][] rows && rows.length == batch) return rows;
      throw new IOException("the model's first output is not [N, dimension] of floats");
    }
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public float[][] describe(List<RgbImage> images) {
    List<float[]> vectors = new ArrayList<>();
    for (int from = 0; from < images.size(); from += batch) {
      // The last batch is filled up with black: models may have a fixed number of pictures.
      int count = Math.min(batch, images.size() - from);
      float[] pixels = new float[batch * 3 * side * side];
      for (int i = 0; i < count; i++) fill(images.get(from + i), pixels, i * 3 * side * side);
      try {
        vectors.addAll(Arrays.asList(run(pixels)).subList(0, count));
      } catch (OrtException | IOException e) {
        throw new IllegalStateException("the ONNX model failed on " + count + " pictures: " + e.getMessage(), e);
      }
    }
    for (float[] v : vectors) normalise(v);
    return vectors.toArray(float[][]::new);
  }

  private void fill(RgbImage image, float[] pixels, int at) {
    byte[] rgb = Resize.resize(image, side, side, Resize.Filter.BILINEAR).rgb();
    for (int i = 0; i < side * side; i++) {
      for (int c = 0; c < 3; c++) pixels[at + c * side * side + i] = (float) (((rgb[3 * i + c] & 255) / 255.0 - MEAN[c]) / DEVIATION[c]);
    }
  }

  private static void normalise(float[] v) {
    double squares = 0;
    for (float x : v) squares += (double) x * x;
    double scale = 1 / Math.max(1e-12, Math.sqrt(squares));
    for (int i = 0; i < v.length; i++) v[i] *= (float) scale;
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("the ONNX session cannot be closed", e);
    }
  }
}

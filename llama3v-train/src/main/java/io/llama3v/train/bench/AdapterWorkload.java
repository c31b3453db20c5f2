package io.llama3v.train.bench;

import io.llama3v.adapter.ImageBatch;
import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.llama.TextBatch;
import java.util.Arrays;

/**
 * A step of adapter pre-training: one picture a row, all its tiles real and seen by every token; the language model is frozen.
 *
 * @param name name in the file
 * @param config shape of the model
 * @param batch rows
 * @param length tokens a row
 */
record AdapterWorkload(String name, MllamaConfig config, int batch, int length) implements Workload {
  @Override
  public Session open(Backend backend) {
    VisionLanguageModel model = model(backend).freezeLanguageModel();
    int[] ids = RandomData.tokens("texts", batch * length, config.text().vocabSize());
    TextBatch text = new TextBatch(batch, length, ids, ids, null, null);
    ImageBatch images = images(batch, length);
    int counted = text.counted();
    return new TrainingSession(backend, model, () -> model.loss(text, images, counted));
  }

  /** The model with random weights and gates half open. */
  VisionLanguageModel model(Backend backend) {
    VisionLanguageModel model = new VisionLanguageModel(config);
    TrainingSession.fill(model, backend);
    // A closed gate would stop the gradient of its branch at a zero.
    model.parameters().forEach((name, p) -> {
      if (p.elements() == 1) backend.kernels().fill(p, 0.5);
    });
    return model;
  }

  /** One picture a row, before texts of a length. */
  ImageBatch images(int rows, int textLength) {
    int tiles = config.vision().maxTiles();
    int side = config.vision().imageSize();
    float[] seen = new float[rows * textLength * tiles];
    Arrays.fill(seen, 1);
    int[][] ids = new int[rows][1];
    int[][] counts = new int[rows][1];
    for (int r = 0; r < rows; r++) {
      ids[r][0] = 1;
      counts[r][0] = tiles;
    }
    return new ImageBatch(rows, 1, tiles, side, RandomData.normal("pixels", rows * tiles * 3 * side * side), ids, counts, seen);
  }
}

package io.llama3v.train.bench;

import io.llama3v.backend.Backend;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.clip.ClipVisionConfig;

/**
 * A step of CLIP pre-training, everything trained.
 *
 * @param name name in the file
 * @param config shape of the model
 * @param batch pairs of picture and text
 */
record ClipWorkload(String name, ClipConfig config, int batch) implements Workload {
  @Override
  public Session open(Backend backend) {
    ClipModel model = new ClipModel(config);
    TrainingSession.fill(model, backend);
    ClipVisionConfig vision = config.vision();
    int context = config.text().maxPositions();
    float[] pixels = RandomData.normal("pixels", batch * vision.channels() * vision.imageSize() * vision.imageSize());
    int[] ids = RandomData.tokens("texts", batch * context, config.text().vocabSize());
    return new TrainingSession(backend, model, () -> model.loss(
        backend.tensor(pixels, batch, vision.channels(), vision.imageSize(), vision.imageSize()), backend.tensor(ids, batch, context), null));
  }
}

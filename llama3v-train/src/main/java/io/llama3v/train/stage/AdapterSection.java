package io.llama3v.train.stage;

import java.util.Map;

/**
 * Adapter pre-training on tiled pictures: the vision tower and the adapters train, the language model is frozen.
 *
 * @param tileSize side of a tile in pixels
 * @param tiles most tiles a picture
 * @param every self-attention layers a cross-attention layer
 * @param globalLayers gated layers added to the vision tower
 * @param features blocks whose inputs are passed on beside the tower's output
 * @param tileEmbedding standard deviation of fresh tile embeddings
 * @param tileGate initial value of the tile embeddings' gates
 * @param gate initial value of the adapters' gates; if not 0, their output projections begin at 0 instead
 * @param maxTokens longest text
 * @param questionShare share of question–answer text in the mixture with captions
 * @param huggingFace whether the tower takes the form that Hugging Face's Mllama can express: attention without biases, padding visible
 * @param data data sets by name; the corpus' {@code captions} and {@code questions} unless told otherwise
 * @param schedules what changes over the steps
 * @param training how it is trained
 */
public record AdapterSection(int tileSize, int tiles, int every, int globalLayers, int[] features, double tileEmbedding,
    double tileGate, double gate, int maxTokens, double questionShare, boolean huggingFace,
    Map<String, DataConfig> data, SchedulesConfig schedules, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public AdapterSection {
    schedules = Defaults.or(schedules, SchedulesConfig.NONE);
    tileSize = Defaults.or(schedules.lastTileSize(tileSize), 32);
    tiles = Defaults.or(tiles, 4);
    every = Defaults.or(every, 4);
    features = features == null ? new int[0] : features;
    maxTokens = Defaults.or(maxTokens, 64);
    Defaults.positive("tile_size", tileSize);
    Defaults.positive("tiles", tiles);
    Defaults.positive("every", every);
    Defaults.positive("max_tokens", maxTokens);
    if (training == null) throw new IllegalArgumentException("adapter needs 'training'");
    training = training.orElse(0, 0.95, 1e-8);
    if (questionShare < 0 || questionShare > 1) throw new IllegalArgumentException("question_share " + questionShare + "; expected 0 to 1");
    data = Defaults.sorted(data);
  }
}

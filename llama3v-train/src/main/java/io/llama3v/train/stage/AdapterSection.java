package io.llama3v.train.stage;

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
 * @param training how it is trained
 */
public record AdapterSection(int tileSize, int tiles, int every, int globalLayers, int[] features, double tileEmbedding,
    double tileGate, double gate, int maxTokens, double questionShare, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public AdapterSection {
    tileSize = Defaults.or(tileSize, 32);
    tiles = Defaults.or(tiles, 4);
    every = Defaults.or(every, 4);
    features = features == null ? new int[0] : features;
    maxTokens = Defaults.or(maxTokens, 64);
    if (training == null) throw new IllegalArgumentException("adapter needs 'training'");
    if (questionShare < 0 || questionShare > 1) throw new IllegalArgumentException("question_share " + questionShare + "; expected 0 to 1");
  }
}

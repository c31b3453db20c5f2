package io.llama3v.train.stage;

import java.nio.file.Path;

/**
 * The language model: one that is there, or a small one trained on the corpus' text for those who bring none.
 *
 * @param load Hugging Face folder of a Llama with its tokenizer.json; then nothing is trained, and what is written about its shape
 *     serves those who plan without the folder
 * @param vocabulary tokens of the byte-level BPE that is trained first
 * @param hidden width
 * @param intermediate inner width of the MLP
 * @param layers self-attention layers
 * @param heads query heads
 * @param kvHeads key/value heads
 * @param tied whether the head is the embedding table
 * @param maxTokens longest document
 * @param training how it is trained
 */
public record LanguageModelSection(Path load, int vocabulary, int hidden, int intermediate, int layers, int heads, int kvHeads,
    boolean tied, int maxTokens, TrainingConfig training) {
  /** Fills in defaults and checks. */
  public LanguageModelSection {
    if (load == null) {
      vocabulary = Defaults.or(vocabulary, 2048);
      hidden = Defaults.or(hidden, 192);
      intermediate = Defaults.or(intermediate, hidden * 8 / 3 / 16 * 16);
      layers = Defaults.or(layers, 8);
      heads = Defaults.or(heads, 4);
      kvHeads = Defaults.or(kvHeads, heads);
      maxTokens = Defaults.or(maxTokens, 64);
      Defaults.divides("heads", heads, "hidden", hidden);
      Defaults.divides("kv_heads", kvHeads, "heads", heads);
    }
    if (training != null) training = training.orElse(0, 0.95, 1e-8);
    if (load == null && training == null) throw new IllegalArgumentException("language_model needs 'training', or 'load' with a folder");
  }
}

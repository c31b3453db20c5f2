package io.llama3v.train.stage;

import io.llama3v.data.sample.SampleSource;
import io.llama3v.nn.Module;
import io.llama3v.text.Tokenizer;
import java.io.IOException;
import java.util.Map;

/**
 * Scores a model, while it trains ({@link StageRunner#every}) or at any other time. Held-out samples are the first ones of their
 * source, always the same, so that scores of different steps can be compared.
 */
@FunctionalInterface
public interface Evaluation {
  /**
   * Scores a model.
   *
   * @param model what is scored; it is left as it is
   * @param tokenizer of the model; null where a stage of one's own has none
   * @return scores by name, such as {@code retrieval R@1}
   */
  Map<String, Double> score(Module model, Tokenizer tokenizer) throws IOException;

  /** Image-to-text retrieval among 100 candidates; see {@link #retrieval(SampleSource, int)}. */
  static Evaluation retrieval(SampleSource heldOut) {
    return retrieval(heldOut, 100);
  }

  /**
   * Image-to-text retrieval: which of the captions belongs to a picture? {@code retrieval R@1} and {@code R@10}, from 0 to 1. A
   * {@link io.llama3v.vision.clip.ClipModel} is asked for the similarity of picture and caption, a {@link
   * io.llama3v.adapter.VisionLanguageModel} for how much likelier the picture makes the caption; see {@link CaptionRetrieval}.
   *
   * @param candidates most pictures, with as many different captions; a vision-language model reads candidates² captions
   */
  static Evaluation retrieval(SampleSource heldOut, int candidates) {
    return new RetrievalScore(heldOut, candidates);
  }

  /** {@code loss}: mean next-token loss of a vision-language model on the first {@code samples} samples. */
  static Evaluation loss(SampleSource heldOut, int samples) {
    return new HeldOutLoss(heldOut, samples);
  }
}

package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.nn.Module;
import io.llama3v.text.ContextWindow;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.Retrieval;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@link Evaluation#retrieval}: the first caption of each picture is what it is looked up by. */
record RetrievalScore(SampleSource heldOut, int candidates) implements Evaluation {
  RetrievalScore {
    if (candidates < 2) throw new IllegalArgumentException(candidates + " candidates; expected 2 or more to choose among");
  }

  @Override
  public Map<String, Double> score(Module model, Tokenizer tokenizer) throws IOException {
    Retrieval r;
    if (model instanceof ClipModel clip) {
      ContextWindow window = ContextWindow.of(tokenizer, clip.config().text().maxPositions());
      r = new RetrievalEvaluation(clip, window, ClipPicture.COLOUR).run(heldOut, candidates, RetrievalScore::caption);
    } else if (model instanceof VisionLanguageModel vlm) {
      r = new CaptionRetrieval(vlm, tokenizer).run(RetrievalEvaluation.distinct(heldOut, candidates, RetrievalScore::caption),
          RetrievalScore::caption);
    } else {
      throw new IllegalArgumentException("Evaluation.retrieval scores a ClipModel or a VisionLanguageModel, not a "
          + model.getClass().getSimpleName());
    }
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("retrieval R@1", r.r1());
    scores.put("retrieval R@10", r.r10());
    return scores;
  }

  static String caption(Sample sample) {
    JsonNode captions = PictureSamples.described(sample).path("captions");
    return captions.isEmpty() ? sample.text() : captions.get(0).asText();
  }
}

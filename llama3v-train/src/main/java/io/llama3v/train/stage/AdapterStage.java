package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.llama.LlamaModel;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.vision.TowerGrowth;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Path;

/** Adapter pre-training: grows CLIP's tower into a tiled one, puts fresh adapters into the frozen language model, and trains both. */
final class AdapterStage implements Stage {
  @Override
  public void run(StageContext context) throws IOException {
    AdapterSection s = context.config().adapter();
    long seed = context.config().seed();
    Path lm = context.config().languageModel().load();
    Path clip = context.config().clip().load();
    int pad;
    try (Tokenizer tokenizer = context.tokenizer()) {
      pad = tokenizer.specialId(SpecialTokens.PAD).orElseThrow();
    }
    try (ClipModel encoder = ClipModel.load(context.backend(), clip == null ? context.folder("clip") : clip);
        VisionLanguageModel model = VisionLanguageModel.builder()
            .languageModel(LlamaModel.load(context.backend(), lm == null ? context.folder("language-model") : lm))
            .visionEncoder(encoder.vision())
            .crossAttentionEvery(s.every())
            .growth(new TowerGrowth(s.tileSize(), s.tiles(), s.globalLayers(), s.features(), s.tileEmbedding(), s.tileGate()))
            .gate(s.gate()).padToken(pad).seed(seed).build()) {
      VlmTraining.run(context, "adapter", model, s.training(), s.maxTokens(), s.questionShare(), 1, seed);
      model.save(context.folder("adapter"));
    }
  }
}

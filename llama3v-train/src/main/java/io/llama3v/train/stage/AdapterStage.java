package io.llama3v.train.stage;

import io.llama3v.adapter.CrossAttentionBlock;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.llama.LlamaModel;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.optim.ParameterGroup;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Path;

/** Adapter pre-training: grows CLIP's tower into a tiled one, puts fresh adapters into the frozen language model, and trains both. */
final class AdapterStage implements Stage {
  @Override
  public void run(StageContext context) throws IOException {
    VlmPlan plan = VlmPlan.adapter(context.config());
    VlmPhases.run(context, plan, () -> fresh(context, plan.phases().get(0).tileSize()), null);
  }

  private static VisionLanguageModel fresh(StageContext context, int tileSize) throws IOException {
    AdapterSection s = context.config().adapter();
    Path lm = context.config().languageModel().load();
    Path clip = context.config().clip().load();
    int pad;
    try (Tokenizer tokenizer = context.tokenizer()) {
      pad = tokenizer.specialId(SpecialTokens.PAD).orElseThrow();
    }
    try (ClipModel encoder = ClipModel.load(context.backend(), clip == null ? context.folder("clip") : clip)) {
      VisionLanguageModel model = VisionLanguageModel.builder()
          .languageModel(LlamaModel.load(context.backend(), lm == null ? context.folder("language-model") : lm))
          .visionEncoder(encoder.vision()).crossAttentionEvery(s.every()).visionOptions(options(s, tileSize))
          .padToken(pad).seed(context.config().seed()).build();
      open(context, model, "vision_model.*positional_embedding.gate", s.tileGate());
      open(context, model, "*.cross_attn_*_gate", s.gate());
      if (s.gate() != 0) model.language().crossLayers().forEach(CrossAttentionBlock::silence);
      return model;
    }
  }

  /** How the tower grows out of CLIP's. */
  static VisionConfig.Options options(AdapterSection s, int tileSize) {
    VisionConfig.Options options = VisionConfig.Options.defaults().withTiles(s.tiles()).withTileSize(tileSize)
        .withGlobalLayers(s.globalLayers()).withFeatureLayers(s.features()).withTileDeviation(s.tileEmbedding());
    return s.huggingFace() ? options.huggingFaceCompatible() : options;
  }

  /** Gates begin at 0 unless the configuration says otherwise: a tiny run has no steps to spend on opening them. */
  private static void open(StageContext context, VisionLanguageModel model, String gates, double value) {
    ParameterGroup chosen = ParameterGroup.of("gates", gates);
    model.parameters().forEach((name, gate) -> {
      if (chosen.matches(name)) context.backend().kernels().fill(gate, value);
    });
  }
}

package io.llama3v.train.parity;

import io.llama3v.adapter.MetaMllamaLayout;
import io.llama3v.adapter.MetaTileGrid;
import io.llama3v.adapter.MllamaConfig;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.MetaLlamaLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Gradients of our parameters as those of Meta's. */
final class MetaGradients {
  private MetaGradients() {}

  static Map<String, float[]> of(MllamaConfig config, Map<String, float[]> ours) {
    MetaMllamaLayout layout = new MetaMllamaLayout(config);
    MetaTileGrid grid = MetaTileGrid.of(config.vision());
    LlamaConfig text = config.text();
    Map<String, float[]> meta = new LinkedHashMap<>();
    ours.forEach((name, values) -> {
      String theirs = layout.metaName(name);
      if (theirs == null) return;
      boolean self = MetaMllamaLayout.isText(name) && name.contains(".self_attn.");
      if (MetaMllamaLayout.isTileTable(name)) {
        meta.put(theirs, grid.sumToGrid(values));
      } else if (self && name.endsWith("q_proj.weight")) {
        meta.put(theirs, MetaLlamaLayout.toPairs(values, text.heads(), text.headDim()));
      } else if (self && name.endsWith("k_proj.weight")) {
        meta.put(theirs, MetaLlamaLayout.toPairs(values, text.kvHeads(), text.headDim()));
      } else if (name.endsWith("embed_tokens.weight")) {
        int vocabulary = text.vocabSize() * text.hiddenSize();
        meta.put(theirs, Arrays.copyOf(values, vocabulary));
        meta.put(MetaMllamaLayout.LEARNABLE, Arrays.copyOfRange(values, vocabulary, values.length));
      } else {
        meta.put(theirs, values);
      }
    });
    return meta;
  }
}

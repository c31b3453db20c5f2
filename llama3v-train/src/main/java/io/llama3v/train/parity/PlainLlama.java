package io.llama3v.train.parity;

import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaModel;
import io.llama3v.tensor.Parameter;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The language model inside a vision-language model, copied out as a plain Llama: every weight but the adapters'. */
final class PlainLlama {
  private static final Pattern LAYER = Pattern.compile("language_model\\.model\\.layers\\.(\\d+)(\\..+)");

  private PlainLlama() {}

  /** A copy that the caller closes. */
  static LlamaModel of(VisionLanguageModel model, Backend backend) {
    LlamaModel llama = new LlamaModel(model.config().text());
    Map<String, Parameter> named = new HashMap<>();
    model.parameters().forEach((name, value) -> named.put(plainName(name, model.config()), value));
    llama.parameters().forEach((name, value) -> backend.kernels().copy(named.get(name), value.allocate(backend)));
    return llama;
  }

  private static String plainName(String name, MllamaConfig config) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches()) return name.replaceFirst("^language_model\\.", "");
    int index = Integer.parseInt(layer.group(1));
    if (config.isCross(index)) return name;
    int self = 0;
    for (int i = 0; i < index; i++) if (!config.isCross(i)) self++;
    return "model.layers." + self + layer.group(2);
  }
}

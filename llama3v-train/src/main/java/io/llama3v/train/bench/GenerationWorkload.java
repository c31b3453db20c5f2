package io.llama3v.train.bench;

import io.llama3v.adapter.ImageConversation;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.llama.Sampling;
import io.llama3v.llama.TextGenerator;
import io.llama3v.tensor.DType;
import java.util.Set;

/**
 * Greedy decoding of one row with a key/value cache. The picture is encoded when the session opens; a step takes the prompt and
 * generates all new tokens.
 *
 * @param name name in the file
 * @param model whose model generates
 * @param prompt tokens of the prompt
 * @param fresh tokens to generate
 */
record GenerationWorkload(String name, AdapterWorkload model, int prompt, int fresh) implements Workload {
  @Override
  public int resultsPerStep() {
    return fresh;
  }

  @Override
  public int warmUps() {
    return 2;
  }

  /** Bytes of the weights that every new token is multiplied with: the language model's matrices but for the keys and values of pictures. */
  long weightsRead() {
    long elements = 0;
    try (VisionLanguageModel shapes = new VisionLanguageModel(model.config())) {
      for (var entry : shapes.language().parameters().entrySet()) {
        boolean perPicture = entry.getKey().contains("cross_attn.k_proj") || entry.getKey().contains("cross_attn.v_proj");
        boolean table = entry.getKey().startsWith("model.embed_tokens");
        if (!perPicture && !table) elements += entry.getValue().elements();
      }
    }
    return elements * DType.F32.bytes();
  }

  @Override
  public Session open(Backend backend) {
    VisionLanguageModel vlm = model.model(backend);
    ImageConversation conversation = new ImageConversation(vlm, model.images(1, prompt));
    int[] ids = RandomData.tokens("texts", prompt, model.config().text().vocabSize());
    return new Session() {
      @Override
      public void step() {
        TextGenerator.generate(conversation, backend, ids, fresh, Sampling.GREEDY, Set.of());
      }

      @Override
      public long parameters() {
        return vlm.parameterCount();
      }

      @Override
      public long trained() {
        return 0;
      }

      @Override
      public void close() {
        conversation.close();
        vlm.close();
      }
    };
  }
}

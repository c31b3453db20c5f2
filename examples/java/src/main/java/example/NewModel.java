package example;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaModel;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Path;

/** Puts a new vision-language model together out of any Llama and any CLIP, and saves it: NewModel LLAMA CLIP OUT. */
public final class NewModel {
  private NewModel() {}

  static void build(Backend backend, Path llama, Path clip, Path out) throws IOException {
    try (ClipModel encoder = ClipModel.load(backend, clip);
         VisionLanguageModel model = VisionLanguageModel.builder()
             .languageModel(LlamaModel.load(backend, llama))           // frozen
             .visionEncoder(encoder.vision())
             .crossAttentionEvery(4).tiles(4).tileSize(336).build()) {
      System.out.printf("%,d weights, %,d of them to be trained%n", model.parameterCount(), model.trainableCount());
      model.save(out);                                                 // Hugging Face layout
    }
  }

  public static void main(String[] args) throws IOException {
    try (Backend backend = Backend.best()) {
      build(backend, Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
    }
  }
}

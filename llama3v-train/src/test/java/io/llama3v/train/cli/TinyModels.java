package io.llama3v.train.cli;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.backend.UnaryOp;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.text.BytePairTrainer;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.clip.ClipTextConfig;
import io.llama3v.vision.clip.ClipVisionConfig;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** The smallest models that have all parts, with random weights. */
public final class TinyModels {
  private TinyModels() {}

  /** A Llama with its tokenizer, and a CLIP, as Hugging Face folders. */
  public static void write(Backend backend, Path llama, Path clip) throws IOException {
    Files.createDirectories(llama);
    new BytePairTrainer(270).train(List.of("a red car and a blue car")).save(llama);
    int bos;
    int eos;
    try (Tokenizer tokenizer = Tokenizer.load(llama)) {
      bos = tokenizer.specialId(SpecialTokens.BEGIN_OF_TEXT).orElseThrow();
      eos = tokenizer.specialId(SpecialTokens.END_OF_TEXT).orElseThrow();
    }
    try (LlamaModel model = new LlamaModel(LlamaConfig.small(270, 16, 32, 4, 2, 1, true, bos, eos))) {
      model.initialize(backend, 1);
      model.save(llama);
    }
    ClipConfig config = new ClipConfig(new ClipVisionConfig(16, 32, 2, 2, 16, 8, 3, UnaryOp.QUICK_GELU, 1e-5, Interpolation.META),
        new ClipTextConfig(270, 16, 32, 1, 2, 8, UnaryOp.QUICK_GELU, 1e-5, bos, eos), 8, 1);
    try (ClipModel model = new ClipModel(config)) {
      model.initialize(backend, 2);
      model.save(clip);
    }
  }

  /** A folder as a run leaves it: language-model/ with the tokenizer, sft/soup/ with the model. */
  public static Path run(Backend backend, Path folder) throws IOException {
    Path llama = folder.resolve("language-model");
    write(backend, llama, folder.resolve("clip"));
    try (ClipModel clip = ClipModel.load(backend, folder.resolve("clip"));
        VisionLanguageModel model = VisionLanguageModel.builder().languageModel(LlamaModel.load(backend, llama))
            .visionEncoder(clip.vision()).crossAttentionEvery(4).tiles(4).tileSize(16).build()) {
      model.save(folder.resolve("sft/soup"));
    }
    return folder;
  }

  /** A picture of one colour. */
  public static Path picture(Path file, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) for (int x = 0; x < width; x++) image.setRGB(x, y, 0xcc2200 + x);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }
}

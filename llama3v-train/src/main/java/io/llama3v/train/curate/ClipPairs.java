package io.llama3v.train.curate;

import io.llama3v.data.curate.ImageTextScorer;
import io.llama3v.image.RgbImage;
import io.llama3v.text.ContextWindow;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.stage.ClipPicture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Cosine similarity of pictures and captions in the space of a CLIP checkpoint. */
final class ClipPairs implements ImageTextScorer {
  private final ClipVectors vectors;
  private final Tokenizer tokenizer;
  private final ContextWindow window;

  private ClipPairs(ClipVectors vectors, Tokenizer tokenizer) {
    this.vectors = vectors;
    this.tokenizer = tokenizer;
    this.window = ContextWindow.of(tokenizer, vectors.contextLength());
  }

  static ClipPairs open(String backend, Path checkpoint, Path tokenizerFolder, ClipPicture picture) throws IOException {
    Tokenizer tokenizer = Tokenizer.load(tokenizerFolder);
    try {
      return new ClipPairs(new ClipVectors(backend, checkpoint, picture), tokenizer);
    } catch (IOException | RuntimeException failed) {
      tokenizer.close();
      throw failed;
    }
  }

  @Override
  public String fingerprint() {
    return vectors.fingerprint() + ", tokenizer " + tokenizer.fingerprint();
  }

  @Override
  public double[][] score(List<RgbImage> images, List<List<String>> texts) {
    List<String> all = new ArrayList<>();
    texts.forEach(all::addAll);
    float[] a = vectors.images(images);
    float[] b = vectors.texts(all, window);
    int width = vectors.width();
    double[][] scores = new double[images.size()][];
    int text = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = new double[texts.get(i).size()];
      for (int j = 0; j < scores[i].length; j++, text++) {
        double sum = 0;
        for (int k = 0; k < width; k++) {
          sum += a[i * width + k] * b[text * width + k];
        }
        scores[i][j] = Math.max(-1, Math.min(1, sum));
      }
    }
    return scores;
  }

  @Override
  public void close() {
    vectors.close();
    tokenizer.close();
  }
}

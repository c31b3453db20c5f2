package io.llama3v.train.annotate;

import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.image.Transparency;
import io.llama3v.llama.Sampling;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.train.Llama3V;
import java.util.ArrayList;
import java.util.List;

/**
 * Drafts by a model, or by two to be compared. The first draft is the most likely answer. The second is the other model's most likely
 * one, or, where there is no other model or it says the same, the first sample of a few that differs.
 */
public final class ModelDrafter implements Drafter {
  private static final int TRIES = 6;
  private final Llama3V model;
  private final Llama3V other;
  private final int maxNew;
  private final double temperature;
  private final long seed;

  /**
   * Drafts by models of the caller's.
   *
   * @param other null for one model
   * @param maxNew most tokens of an answer
   * @param temperature of samples, above 0
   */
  public ModelDrafter(Llama3V model, Llama3V other, int maxNew, double temperature, long seed) {
    if (!model.sees() || other != null && !other.sees()) {
      throw new IllegalArgumentException((model.sees() ? other : model).folder() + " is a language model without eyes; it drafts no answers about pictures");
    }
    if (!(temperature > 0)) throw new IllegalArgumentException("temperature " + temperature + "; expected more than 0, so that samples differ");
    this.model = model;
    this.other = other;
    this.maxNew = maxNew;
    this.temperature = temperature;
    this.seed = seed;
  }

  @Override
  public List<Draft> drafts(byte[] picture, String question, Task task, int item) {
    RgbImage image = ImageDecoder.decode(picture, "item " + item, Transparency.ON_WHITE);
    List<Draft> drafts = new ArrayList<>();
    Draft first = draft(model, image, question, Sampling.GREEDY);
    drafts.add(first);
    if (task == Task.EDIT || first.text().isBlank()) return drafts;
    CounterRandom seeds = new CounterRandom(seed, "annotate drafts");
    for (int i = other == null ? 1 : 0; i <= TRIES; i++) {
      Sampling sampling = i == 0 ? Sampling.GREEDY : new Sampling(temperature, 1, seeds.bits(item * (TRIES + 1L) + i) >>> 1);
      Draft second = draft(other == null ? model : other, image, question, sampling);
      if (second.text().isBlank() || second.text().equals(first.text())) continue;
      drafts.add(second);
      break;
    }
    return drafts;
  }

  private Draft draft(Llama3V by, RgbImage image, String question, Sampling sampling) {
    long start = System.nanoTime();
    String text = by.generate(question, List.of(image), false, maxNew, sampling, piece -> { }).strip();
    return new Draft(text, by.folder().toString(), sampling.temperature(), sampling.seed(), (System.nanoTime() - start) / 1e9);
  }
}

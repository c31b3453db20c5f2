package io.llama3v.train.eval.benchmark;

import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.LoadedPicture;
import io.llama3v.data.convert.PictureLoader;
import io.llama3v.data.convert.Truth;
import io.llama3v.data.convert.text.BenchmarkPrompt;
import io.llama3v.data.convert.text.PictureMarks;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Asks a model the questions of converted benchmarks, each by itself and in the benchmark's wording, whatever words the conversion gave
 * them. Pictures that cannot be decoded are an error: a benchmark with questions missing is another benchmark.
 */
public final class BenchmarkRun {
  /** A model. */
  @FunctionalInterface
  public interface Model {
    /** The most likely answer to a question about some pictures. */
    String answer(Message question, List<RgbImage> pictures);
  }

  private BenchmarkRun() {}

  /**
   * Asks everything in a folder.
   *
   * @param folder   of 'llama3v convert'
   * @param most     questions, at most
   * @param progress is told after each question how many there were
   * @throws IllegalArgumentException if the folder has no questions that can be scored
   */
  public static List<Answered> ask(Path folder, Model model, long most, LongConsumer progress) throws IOException {
    List<Answered> answers = new ArrayList<>();
    try (ConversationSource source = BenchmarkFiles.open(folder)) {
      PictureLoader loader = new PictureLoader(folder);
      for (Conversation c = source.next(); c != null && answers.size() < most; c = source.next()) {
        if (c.truths().isEmpty()) continue;
        List<RgbImage> pictures = new ArrayList<>();
        for (LoadedPicture p : loader.load(c)) pictures.add(ImageDecoder.decode(p.bytes(), p.picture().name()));
        for (Truth truth : c.truths()) {
          if (answers.size() == most) break;
          answers.add(ask(c.source(), truth, pictures, model));
          progress.accept(answers.size());
        }
      }
    }
    if (answers.isEmpty()) {
      throw new IllegalArgumentException(folder + " has no questions that can be scored; captions and boxes, and files of other projects, have none");
    }
    return answers;
  }

  private static Answered ask(String source, Truth truth, List<RgbImage> pictures, Model model) {
    PictureMarks placed = PictureMarks.place(BenchmarkPrompt.of(truth), pictures.size(), truth.marked());
    List<RgbImage> ordered = placed.order().stream().map(pictures::get).toList();
    return new Answered(source, truth, model.answer(new Message(Role.USER, placed.content()), ordered).strip());
  }
}

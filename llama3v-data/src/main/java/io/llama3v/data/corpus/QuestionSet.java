package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.sample.Sample;
import java.util.List;
import java.util.Locale;

/** Scenes with questions and answers. */
final class QuestionSet implements SampleSet {
  private final String path;
  private final int size;
  private final long seed;
  private final BitmapFont font;
  private final Asker asker;

  /** Makes the scene of a number and asks about it. */
  interface Asker {
    QuestionMaker.Asked ask(Draw draw, int number);
  }

  QuestionSet(String path, int size, long seed, BitmapFont font, Asker asker) {
    this.path = path;
    this.size = size;
    this.seed = seed;
    this.font = font;
    this.asker = asker;
  }

  /**
   * The five kinds of questions take turns.
   *
   * @param more whether a sample may have more than its one main question
   */
  static Asker kinds(SceneComposer composer, boolean more) {
    QuestionMaker maker = new QuestionMaker(composer);
    Question.Kind[] kinds = Question.Kind.values();
    return (draw, number) -> maker.make(draw, kinds[number % kinds.length], number / kinds.length, more);
  }

  /**
   * A word each. Every other one is letters drawn at random: a model that knows the words of a language reads those
   * only by looking at every letter.
   */
  static Asker words(SceneComposer composer, Words words, int longest) {
    return (draw, number) -> {
      Scene scene = composer.text(draw, number % 2 == 0 ? composer.word(draw) : words.letters(draw, longest));
      return new QuestionMaker.Asked(scene, List.of(QuestionMaker.whatItSays(draw, scene)));
    };
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public int size() {
    return size;
  }

  private QuestionMaker.Asked ask(int number) {
    return asker.ask(new Draw(seed, path, number), number);
  }

  @Override
  public Sample sample(int number, PngWriter png) {
    QuestionMaker.Asked asked = ask(number);
    List<String> captions = Phrases.sceneCaptions(asked.scene());
    ObjectNode json = SampleJson.scene(asked.scene(), captions);
    json.set("conversations", SampleJson.conversations(asked.questions()));
    return SampleJson.sample(String.format(Locale.ROOT, "%s-%07d", path.replace('/', '-'), number),
        png.encode(asked.scene().paint(font)), captions.get(0), json);
  }

  @Override
  public List<String> documents(int number) {
    return ask(number).questions().stream().map(q -> q.question() + " " + q.answer()).toList();
  }
}

package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.sample.Sample;
import java.util.List;
import java.util.Locale;

/** Scenes with questions and answers; the five kinds take turns. */
final class QuestionSet implements SampleSet {
  private static final Question.Kind[] KINDS = Question.Kind.values();
  private final String path;
  private final QuestionMaker maker;
  private final int size;
  private final boolean more;
  private final long seed;
  private final BitmapFont font;

  /** @param more whether a sample may have more than its one main question */
  QuestionSet(String path, SceneComposer composer, int size, boolean more, long seed, BitmapFont font) {
    this.path = path;
    this.maker = new QuestionMaker(composer);
    this.size = size;
    this.more = more;
    this.seed = seed;
    this.font = font;
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
    return maker.make(new Draw(seed, path, number), KINDS[number % KINDS.length], number / KINDS.length, more);
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

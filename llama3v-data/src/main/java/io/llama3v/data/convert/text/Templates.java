package io.llama3v.data.convert.text;

import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.convert.Task;
import io.llama3v.tensor.CounterRandom;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Wordings of questions and answers by kind of task. Which one an example gets is a hash of seed and key: the same whatever stands before
 * it, and different for different seeds.
 *
 * @param shortAnswer of questions with a short answer
 * @param choice      of questions with options
 * @param caption     of pictures to describe
 * @param locate      of words whose region is asked for
 * @param describe    of regions whose words are asked for
 */
public record Templates(List<Wording> shortAnswer, List<Wording> choice, List<Wording> caption, List<Wording> locate, List<Wording> describe) {
  /**
   * One way to ask, with the ways to answer that go with it. The package's {@code templates.yaml} lists the placeholders.
   *
   * @param question what the user says
   * @param answers  what the assistant may say
   */
  public record Wording(String question, List<String> answers) {
    public Wording {
      if (question == null || answers == null || answers.isEmpty()) throw new IllegalArgumentException("a wording needs a question and answers");
      answers = List.copyOf(answers);
    }
  }

  public Templates {
    shortAnswer = some(shortAnswer, "short_answer");
    choice = some(choice, "choice");
    caption = some(caption, "caption");
    locate = some(locate, "locate");
    describe = some(describe, "describe");
  }

  private static List<Wording> some(List<Wording> wordings, String kind) {
    if (wordings == null || wordings.isEmpty()) throw new IllegalArgumentException("'" + kind + "' needs at least one wording");
    return List.copyOf(wordings);
  }

  /** The wordings that come with the library. */
  public static Templates standard() {
    try (InputStream in = Templates.class.getResourceAsStream("templates.yaml")) {
      return ConfigLoader.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), "templates.yaml", Templates.class, List.of());
    } catch (IOException e) {
      throw new UncheckedIOException("the templates inside the jar cannot be read", e);
    }
  }

  /**
   * Wordings of one's own.
   *
   * @throws ConfigException with file and line where it is not such a file
   */
  public static Templates load(Path yaml) {
    return ConfigLoader.load(yaml, Templates.class);
  }

  /**
   * Puts a task into words.
   *
   * @param key names the example
   * @throws IllegalArgumentException if no wording of the kind can be filled
   */
  public Turn render(Task task, long seed, String key) {
    CounterRandom random = new CounterRandom(seed, "template/" + key);
    Map<String, String> values = Placeholders.of(task, random.bits(0));
    record Pair(String question, String answer) {}
    List<List<Pair>> fitting = new ArrayList<>();
    for (Wording wording : of(task, random.bits(1))) {
      if (!Placeholders.fills(wording.question, values)) continue;
      List<Pair> pairs = wording.answers.stream().filter(a -> Placeholders.fills(a, values)).map(a -> new Pair(wording.question, a)).toList();
      if (!pairs.isEmpty()) fitting.add(pairs);
    }
    if (fitting.isEmpty()) throw new IllegalArgumentException("no wording fits " + key + ", which has " + values.keySet());
    List<Pair> pairs = fitting.get(random.below(2, fitting.size()));
    Pair pair = pairs.get(random.below(3, pairs.size()));
    return new Turn(Placeholders.fill(pair.question, values), Placeholders.fill(pair.answer, values));
  }

  private List<Wording> of(Task task, long draw) {
    if (task instanceof Task.ShortAnswer) return shortAnswer;
    if (task instanceof Task.Choice c) return c.context() == null ? choice : withContext();
    if (task instanceof Task.Caption) return caption;
    return (draw & 1) == 0 ? locate : describe;
  }

  /** Where something is to be read first, a wording that leaves it out would ask another question. */
  private List<Wording> withContext() {
    List<Wording> with = choice.stream().filter(w -> w.question.contains("{context}")).toList();
    return with.isEmpty() ? choice : with;
  }
}

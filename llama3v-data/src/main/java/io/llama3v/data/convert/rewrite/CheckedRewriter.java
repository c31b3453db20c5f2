package io.llama3v.data.convert.rewrite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.text.Turn;
import io.llama3v.io.Json;
import io.llama3v.tensor.Mix64;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Lets a language model reword questions and answers, and keeps the template's words wherever {@link AnswerKept} finds the answer lost,
 * the model says something unreadable, or does not answer. Of options only the question is reworded; the list of them is put after it
 * unchanged. Regions are not reworded. Every turn is counted.
 */
public final class CheckedRewriter implements Rewriter {
  /** Failures in a row after which the endpoint is taken to be gone. */
  private static final int GONE = 20;
  private static final String SYSTEM = "You reword one question about an image and its answer, to make instructions more varied. Keep the meaning "
      + "exactly. The true answer must appear in the new answer word for word, numbers and letters unchanged; add nothing that the given text does "
      + "not say; do not give the answer away in the question. Reply with one JSON object and nothing else: {\"question\": \"…\", \"answer\": \"…\"}";
  private final ChatModel model;
  private final AnswerKept check;
  private final long seed;
  private final Map<String, Long> counts = new TreeMap<>();
  private final AtomicInteger failures = new AtomicInteger();

  /**
   * @param model         closed with this
   * @param normalization of the set's scorer; null for lower case and single blanks
   */
  public CheckedRewriter(ChatModel model, UnaryOperator<String> normalization, long seed) {
    this.model = model;
    this.check = new AnswerKept(normalization);
    this.seed = seed;
  }

  @Override
  public Turn rewrite(Task task, Turn template, String key) throws InterruptedException {
    if (task instanceof Task.Region) return kept(template, "region");
    String said;
    try {
      said = model.answer(SYSTEM, user(task, template), Mix64.mix(seed, Mix64.mix(key)));
      failures.set(0);
    } catch (ChatException e) {
      if (e.lasting() || failures.incrementAndGet() >= GONE) {
        throw new UncheckedIOException(e.lasting() ? e : new IOException(GONE + " requests in a row failed; the last: " + e.getMessage(), e));
      }
      return kept(template, "no-reply");
    }
    Turn turn = parse(task, said);
    if (turn == null) return kept(template, "unreadable");
    String lost = check.lost(task, turn);
    if (lost != null) return kept(template, lost);
    count("rewritten");
    return turn;
  }

  private static String user(Task task, Turn template) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (task instanceof Task.ShortAnswer s) {
      json.put("question", s.question()).put("answer", s.sentence() == null ? s.answer() : s.sentence()).put("true_answer", s.answer());
    } else if (task instanceof Task.Choice c) {
      json.put("question", c.context() == null ? c.question() : c.context() + "\n" + c.question());
      c.options().forEach(json.putArray("options")::add);
      json.put("answer", template.answer()).put("true_answer", "(" + (char) ('A' + c.right()) + ") " + c.options().get(c.right()));
    } else {
      json.put("question", template.question()).put("answer", template.answer()).put("true_answer", template.answer());
    }
    return Json.write(json);
  }

  /** The object in what the model said, with whatever stands around it; null if there is none. */
  private static Turn parse(Task task, String said) {
    int from = said.indexOf('{');
    int to = said.lastIndexOf('}');
    if (from < 0 || to < from) return null;
    try {
      JsonNode json = Json.parse(said.substring(from, to + 1), "reply");
      if (!json.path("question").isTextual() || !json.path("answer").isTextual()) return null;
      String question = json.get("question").asText().strip();
      if (task instanceof Task.Choice c) question += "\n" + options(c);
      return new Turn(question, json.get("answer").asText().strip());
    } catch (IOException e) {
      return null;
    }
  }

  private static String options(Task.Choice c) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < c.options().size(); i++) all.append(i == 0 ? "" : "\n").append((char) ('A' + i)).append(". ").append(c.options().get(i));
    return all.toString();
  }

  private Turn kept(Turn template, String reason) {
    count("kept-template/" + reason);
    return template;
  }

  private synchronized void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  @Override
  public synchronized Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  @Override
  public int parallel() {
    return model.parallel();
  }

  @Override
  public void close() {
    model.close();
  }
}

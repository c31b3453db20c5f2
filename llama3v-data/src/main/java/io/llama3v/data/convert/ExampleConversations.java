package io.llama3v.data.convert;

import io.llama3v.data.convert.rewrite.Rewriter;
import io.llama3v.data.convert.text.PictureMarks;
import io.llama3v.data.convert.text.Turn;
import io.llama3v.data.convert.text.Wordings;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Examples in words: neighbouring ones about the same picture become the turns of one conversation, in an order that is a hash of seed and
 * key, so that what is asked first does not depend on the set. The same seed makes the same conversations, whatever the number of threads.
 */
public final class ExampleConversations implements ConversationSource {
  /** How examples become conversations. */
  public static final class Options {
    private int turns = 8;
    private long seed;
    private Rewriter rewriter;
    private Predicate<Example> worth = e -> true;

    /** Questions in a conversation, at most; 8 unless told otherwise. */
    public Options turns(int most) {
      if (most < 1) throw new IllegalArgumentException(most + " turns; expected 1 or more");
      turns = most;
      return this;
    }

    /** Seed of all choices. */
    public Options seed(long value) {
      seed = value;
      return this;
    }

    /** Lets turns be rewritten. The rewriter stays the caller's. */
    public Options rewriter(Rewriter value) {
      rewriter = value;
      return this;
    }

    /** Which examples are worth a rewriter's time; those whose picture is missing are not. */
    public Options rewriteIf(Predicate<Example> value) {
      worth = value;
      return this;
    }
  }

  private final ExampleSource source;
  private final Wordings wordings;
  private final Options options;
  private final ExecutorService threads;
  private final ArrayDeque<Future<Conversation>> ahead = new ArrayDeque<>();
  private Example pending;
  private boolean ended;
  private long examples;

  public ExampleConversations(ExampleSource source, Wordings wordings, Options options) {
    this.source = source;
    this.wordings = wordings;
    this.options = options;
    this.threads = options.rewriter == null ? null : Executors.newFixedThreadPool(options.rewriter.parallel(), task -> {
      Thread thread = new Thread(task, "rewriter");
      thread.setDaemon(true);
      return thread;
    });
  }

  @Override
  public Conversation next() throws IOException {
    if (threads == null) {
      List<Example> group = group();
      return group == null ? null : call(group);
    }
    while (!ended && ahead.size() < 2 * options.rewriter.parallel()) {
      List<Example> group = group();
      if (group == null) ended = true;
      else ahead.add(threads.submit(() -> conversation(group)));
    }
    if (ahead.isEmpty()) return null;
    try {
      return ahead.poll().get();
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) throw cause;
      throw new IOException(e.getCause());
    }
  }

  private Conversation call(List<Example> group) throws IOException {
    try {
      return conversation(group);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static IOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while turns were rewritten");
  }

  /** The next examples about one picture; null after the last. */
  private List<Example> group() throws IOException {
    List<Example> group = new ArrayList<>();
    Example e = pending == null ? source.next() : pending;
    pending = null;
    for (; e != null; e = source.next()) {
      if (!group.isEmpty() && !joins(group, e)) {
        pending = e;
        break;
      }
      group.add(e);
      examples++;
    }
    return group.isEmpty() ? null : group;
  }

  private boolean joins(List<Example> group, Example e) {
    Example first = group.get(0);
    return group.size() < options.turns && !e.marked() && !first.marked() && !e.pictures().isEmpty() && first.pictures().equals(e.pictures());
  }

  private Conversation conversation(List<Example> group) throws InterruptedException {
    String id = Conversation.key(source.name() + "-" + group.get(0).id());
    List<Example> order = shuffled(group, id);
    List<Picture> pictures = new ArrayList<>();
    List<Message> messages = new ArrayList<>();
    List<Truth> truths = new ArrayList<>();
    for (Example e : order) {
      Turn turn = turn(e, source.name() + "-" + e.id());
      PictureMarks placed = PictureMarks.place(turn.question(), messages.isEmpty() ? e.pictures().size() : 0, e.marked());
      Truth truth = truth(e, messages.size(), placed);
      if (truth != null) truths.add(truth);
      placed.order().forEach(i -> pictures.add(e.pictures().get(i)));
      messages.add(new Message(Role.USER, placed.content()));
      messages.add(Message.assistant(PictureMarks.spoken(turn.answer(), e.marked())));
    }
    return new Conversation(id, source.name(), pictures, messages, truths);
  }

  private List<Example> shuffled(List<Example> group, String id) {
    List<Example> order = new ArrayList<>(group);
    CounterRandom random = new CounterRandom(options.seed, "turns/" + id);
    for (int i = order.size() - 1; i > 0; i--) {
      int j = random.below(i, i + 1);
      order.set(i, order.set(j, order.get(i)));
    }
    return order;
  }

  private Turn turn(Example e, String key) throws InterruptedException {
    Turn template = wordings.of(e, key);
    // Where marks place pictures, other words could lose them.
    return options.rewriter == null || e.marked() || !options.worth.test(e) ? template : options.rewriter.rewrite(e.task(), template, key);
  }

  private static Truth truth(Example e, int turn, PictureMarks placed) {
    if (e.metric() == null) return null;
    UnaryOperator<String> marks = e.marked() ? placed::renumber : text -> text;
    if (e.task() instanceof Task.ShortAnswer s) {
      return new Truth(e.id(), turn, e.metric(), marks.apply(s.question()), s.answers(), List.of(), e.group(), e.marked());
    }
    if (e.task() instanceof Task.Choice c) {
      String question = c.context() == null ? c.question() : c.context() + "\n" + c.question();
      return new Truth(e.id(), turn, e.metric(), marks.apply(question), List.of(String.valueOf((char) ('A' + c.right()))),
          c.options().stream().map(marks).toList(), e.group(), e.marked());
    }
    return null;
  }

  @Override
  public Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("examples", examples);
    source.skipped().forEach((reason, n) -> counts.put("passed-over/" + reason, n));
    if (options.rewriter != null) options.rewriter.counts().forEach((what, n) -> counts.put("rewriter/" + what, n));
    return counts;
  }

  @Override
  public void close() throws IOException {
    if (threads != null) threads.shutdownNow();
    source.close();
  }
}

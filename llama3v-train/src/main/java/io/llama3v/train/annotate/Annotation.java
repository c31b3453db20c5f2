package io.llama3v.train.annotate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.Backend;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.train.eval.Anls;
import io.llama3v.train.preference.PictureFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Pictures, drafts and people brought together: what the page asks for and sends. Everything lies in a store, so that one that was
 * killed goes on where it was. Safe for several threads.
 */
public final class Annotation implements AutoCloseable {
  /** Most characters of an answer. */
  public static final int TEXT = 8000;
  private static final int NAME = 60;
  private static final int REASON = 500;
  private static final int AHEAD = 12;

  private final AnnotationStore store;
  private final List<Picture> pool;
  private final ItemQueue queue;
  private final DraftWorker worker;
  private final PictureFiles pictures = new PictureFiles();
  private final CounterRandom sides;

  private Annotation(AnnotationStore store, AnnotationPlan plan, List<Picture> pool, Drafter drafter) throws IOException {
    this.store = store;
    this.pool = pool;
    this.queue = new ItemQueue(store, plan, pool);
    this.sides = new CounterRandom(plan.seed(), "annotate sides");
    queue.fill();
    this.worker = new DraftWorker(store, this::bytes, drafter, AHEAD).start();
  }

  /**
   * Goes on with a store, or begins it: then the pictures are taken from the data, described and put into clusters, which takes a while.
   *
   * @param drafter makes the drafts; called by one thread, until this is closed
   * @throws IllegalArgumentException if the store was begun with another plan
   */
  public static Annotation open(AnnotationStore store, AnnotationPlan plan, Backend backend, Drafter drafter) throws IOException {
    if (store.pictures().isEmpty()) {
      List<Picture> pool = PoolBuilder.build(plan, store.folder(), backend);
      store.transaction(() -> {
        for (Picture p : pool) store.pictures().add(p);
        for (var setting : plan.fixed().entrySet()) store.settings().put(setting.getKey(), setting.getValue());
        return null;
      });
    }
    store.settings().require(plan.fixed());
    return new Annotation(store, plan, store.pictures().all(), drafter);
  }

  /** The store. */
  public AnnotationStore store() {
    return store;
  }

  /** The person of a name. */
  AnnotatorTable.Annotator annotator(String name) throws IOException {
    String clean = name.strip().replaceAll("\\s+", " ");
    if (clean.isEmpty() || clean.length() > NAME || clean.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("A name has 1 to " + NAME + " characters.");
    }
    return store.annotators().named(clean);
  }

  /** What a person is to do now: {@code state} is {@code item}, {@code drafting} or {@code done}. */
  ObjectNode next(int annotator) throws IOException {
    require(annotator);
    Optional<Item> next = queue.next(annotator, System.currentTimeMillis());
    worker.hurry(next.map(Item::id).orElse(null));
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (next.isEmpty()) json.put("state", "done");
    else if (next.get().state() == Item.State.WAITING) {
      worker.requireAlive();
      json.put("state", "drafting");
    }
    else json.put("state", "item").set("item", view(next.get(), annotator));
    return json;
  }

  /** An item that a person has or had before them, with what they said. */
  ObjectNode item(int id, int annotator) throws IOException {
    require(annotator);
    Item item = store.items().get(id).orElseThrow(() -> new IllegalArgumentException("There is no item " + id + "."));
    if (store.items().opened(id, annotator).isEmpty()) throw new IllegalArgumentException("Item " + id + " was not given to you.");
    return view(item, annotator);
  }

  private ObjectNode view(Item item, int annotator) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", item.id()).put("task", item.task().name().toLowerCase(Locale.ROOT))
        .put("question", item.question()).put("cluster", pool.get(item.picture()).cluster())
        .put("picture", "/api/items/" + item.id() + "/picture");
    if (item.like() != null) json.put("like", item.like());
    List<Draft> drafts = store.items().drafts(item.id());
    ArrayNode answers = json.putArray("answers");
    boolean turned = turned(item, annotator);
    for (int i = 0; i < drafts.size(); i++) answers.add(drafts.get(turned ? drafts.size() - 1 - i : i).text());
    json.put("like_possible", pool.get(item.picture()).vector() != null);
    Optional<Answer> said = store.answers().last(item.id(), annotator);
    if (said.isEmpty()) return json;
    Reply reply = said.get().reply();
    ObjectNode previous = json.putObject("previous");
    if (reply instanceof Reply.Edited edited) previous.put("kind", "edit").put("text", edited.text());
    else if (reply instanceof Reply.Skipped skipped) previous.put("kind", "skip").put("text", skipped.reason());
    else if (reply instanceof Reply.Rated rated) {
      previous.put("kind", "rate").put("rating", turned ? -rated.rating() : rated.rating()).put("text", rated.edit());
    }
    return json;
  }

  /** Whether a person sees the second draft first: chance decides, so that the place on the page favours neither model. */
  private boolean turned(Item item, int annotator) {
    return item.task() == Task.RATE && (sides.bits(((long) annotator << 32) + item.id()) & 1) == 1;
  }

  /**
   * Keeps an answer. It is on disk when this returns.
   *
   * @param reply with a rating as this person sees the answers
   * @param activeMillis as the page counted them; at most the time since the item was shown
   * @param token the page's name for the answer; the same name again changes nothing
   */
  int answer(int item, int annotator, Reply reply, long activeMillis, String token) throws IOException {
    require(annotator);
    Item asked = store.items().get(item).orElseThrow(() -> new IllegalArgumentException("There is no item " + item + "."));
    long opened = store.items().opened(item, annotator).orElseThrow(() -> new IllegalArgumentException("Item " + item + " was not given to you."));
    if (asked.state() != Item.State.READY) throw new IllegalArgumentException("Item " + item + " has no draft yet.");
    Reply seen = checked(asked, reply, turned(asked, annotator));
    Instant now = Instant.now();
    long wall = Math.max(0, now.toEpochMilli() - opened);
    int id = store.answers().add(new Answer(0, item, annotator, seen, Math.max(0, Math.min(activeMillis, wall)), wall,
        distance(store.items().drafts(item), seen), now), token);
    worker.hurry(null);
    return id;
  }

  private static Reply checked(Item item, Reply reply, boolean turned) {
    if (reply instanceof Reply.Skipped skipped) {
      return new Reply.Skipped(length("A reason", skipped.reason().strip(), 0, REASON));
    }
    if (reply instanceof Reply.Edited edited) {
      if (item.task() != Task.EDIT) throw new IllegalArgumentException("Item " + item.id() + " is to be rated.");
      return new Reply.Edited(length("An answer", edited.text().strip(), 1, TEXT));
    }
    Reply.Rated rated = (Reply.Rated) reply;
    if (item.task() != Task.RATE) throw new IllegalArgumentException("Item " + item.id() + " is to be edited.");
    String edit = rated.edit() == null ? null : length("An answer", rated.edit().strip(), 1, TEXT);
    return new Reply.Rated(turned ? -rated.rating() : rated.rating(), edit);
  }

  private static String length(String what, String text, int least, int most) {
    if (text.length() < least) throw new IllegalArgumentException(what + " may not be empty.");
    if (text.length() > most) throw new IllegalArgumentException(what + " has at most " + most + " characters; this has " + text.length() + ".");
    return text;
  }

  /** Normalised Levenshtein distance from the draft that was edited. */
  static Double distance(List<Draft> drafts, Reply reply) {
    if (reply instanceof Reply.Edited edited) return distance(drafts.get(0).text(), edited.text());
    if (reply instanceof Reply.Rated rated && rated.rating() != 0) {
      String draft = drafts.get(rated.better()).text();
      return rated.edit() == null ? 0 : distance(draft, rated.edit());
    }
    return null;
  }

  /** Levenshtein distance over the longer length, in code points: from 0 to 1. */
  static double distance(String a, String b) {
    int longer = Math.max(a.codePointCount(0, a.length()), b.codePointCount(0, b.length()));
    return longer == 0 ? 0 : (double) Anls.distance(a, b) / longer;
  }

  /** Brings pictures like an item's forward; returns how many. */
  int more(int item, int annotator) throws IOException {
    require(annotator);
    int found = queue.growLike(item);
    worker.hurry(null);
    return found;
  }

  /** The encoded picture of an item. */
  byte[] picture(int item) throws IOException {
    return bytes(store.items().get(item).orElseThrow(() -> new IllegalArgumentException("There is no item " + item + ".")).picture());
  }

  private byte[] bytes(int picture) throws IOException {
    Path anywhere = store.folder().resolve("-"); // names of the pool are absolute
    return pictures.read(pool.get(picture).name(), anywhere, "picture " + picture);
  }

  /** Items that a person has answered. */
  List<Integer> answered(int annotator) throws IOException {
    require(annotator);
    return store.answers().answered(annotator);
  }

  private void require(int annotator) throws IOException {
    if (store.annotators().get(annotator).isEmpty()) throw new IllegalArgumentException("Nobody has the number " + annotator + "; say your name first.");
  }

  /** Ends the making of drafts. The store stays open. */
  @Override
  public void close() throws IOException {
    worker.close();
    pictures.close();
  }
}

package io.llama3v.train.annotate;

import io.llama3v.tensor.CounterRandom;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which items there are and who gets which. All that is drawn follows from the seed and from what people asked for. */
final class ItemQueue {
  private final AnnotationStore store;
  private final AnnotationPlan plan;
  private final List<Picture> pool;
  private final CounterRandom shared;
  private final CounterRandom tasks;

  ItemQueue(AnnotationStore store, AnnotationPlan plan, List<Picture> pool) {
    this.store = store;
    this.plan = plan;
    this.pool = pool;
    this.shared = new CounterRandom(plan.seed(), "annotate shared");
    this.tasks = new CounterRandom(plan.seed(), "annotate task");
  }

  /** Adds what the plan asks for and is not there yet: neighbours of its pictures, then pictures from the clusters. */
  void fill() throws IOException {
    store.transaction(() -> {
      for (String name : plan.like()) {
        String done = "like " + name;
        if (store.settings().get(done).isPresent()) continue;
        int seed = find(name);
        if (store.items().pictures().contains(seed)) store.items().promote(seed, 0);
        else store.items().add(item(store.items().nextId(), seed, 0));
        store.settings().put(done, String.valueOf(grow(seed, 0, plan.grow())));
      }
      Set<Integer> used = store.items().pictures();
      long due = plan.items() - store.items().drawn();
      int id = store.items().nextId();
      for (int picture : ClusterOrder.of(pool.stream().mapToInt(Picture::cluster).toArray(), plan.seed())) {
        if (due <= 0) break;
        if (used.contains(picture)) continue;
        store.items().add(item(id++, picture, null));
        due--;
      }
      return null;
    });
  }

  /**
   * Puts the pictures most like that of an item before all others, but for those that somebody has seen.
   *
   * @return how many; 0 where nothing describes the pictures
   */
  int growLike(int item) throws IOException {
    int picture = store.items().get(item).orElseThrow(() -> new IllegalArgumentException("there is no item " + item)).picture();
    return store.transaction(() -> grow(picture, item, plan.grow()));
  }

  private int grow(int picture, int likeItem, int most) throws IOException {
    Set<Integer> items = store.items().pictures();
    Set<Integer> settled = store.items().settledPictures();
    List<Integer> near = Neighbours.of(pool, picture, most, p -> !settled.contains(p));
    int id = store.items().nextId();
    for (int p : near) {
      if (items.contains(p)) store.items().promote(p, likeItem);
      else store.items().add(item(id++, p, likeItem));
    }
    return near.size();
  }

  private Item item(int id, int picture, Integer like) {
    List<Task> all = new ArrayList<>(plan.tasks());
    // By the picture, so that an item is the same whether it was drawn or found.
    Task task = all.get(tasks.below(picture, all.size()));
    int people = shared.uniform(picture) < plan.shared() ? plan.people() : 1;
    return new Item(id, picture, task, pool.get(picture).question(), people, like, Item.State.WAITING, null);
  }

  private int find(String name) {
    for (Picture p : pool) if (p.name().equals(name) || p.name().endsWith("#" + name) || p.name().endsWith("/" + name)) return p.id();
    throw new IllegalArgumentException("--like " + name + ": no picture of the pool has this key or file name; raise --pool to take in more of "
        + "the data");
  }

  /** What a person is to do next, now before them and for a while before nobody else. */
  Optional<Item> next(int annotator, long now) throws IOException {
    return store.transaction(() -> {
      Optional<Item> next = store.items().next(annotator, now);
      if (next.isPresent()) store.items().assign(next.get().id(), annotator, now);
      return next;
    });
  }
}

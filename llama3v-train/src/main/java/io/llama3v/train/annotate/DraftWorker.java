package io.llama3v.train.annotate;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a few drafted items ahead of those who answer. What somebody waits for comes first. */
final class DraftWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DraftWorker.class);
  /** Fetches a picture's bytes. */
  @FunctionalInterface
  interface Pictures {
    byte[] bytes(int picture) throws IOException;
  }

  private final AnnotationStore store;
  private final Pictures pictures;
  private final Drafter drafter;
  private final int ahead;
  private final Thread thread = new Thread(this::work, "drafts");
  private Integer urgent;
  private boolean closed;
  private volatile Throwable stopped;

  DraftWorker(AnnotationStore store, Pictures pictures, Drafter drafter, int ahead) {
    this.store = store;
    this.pictures = pictures;
    this.drafter = drafter;
    this.ahead = ahead;
    thread.setDaemon(true);
  }

  DraftWorker start() {
    thread.start();
    return this;
  }

  /** Somebody waits for this item; null: something has changed, look again. */
  synchronized void hurry(Integer item) {
    if (item != null) urgent = item;
    notifyAll();
  }

  private synchronized Optional<Item> take() throws IOException, InterruptedException {
    while (!closed) {
      Optional<Item> item = urgent == null ? Optional.empty() : store.items().get(urgent).filter(i -> i.state() == Item.State.WAITING);
      urgent = null;
      if (item.isEmpty()) {
        // What somebody brought forward comes next, however much is ready.
        item = store.items().waiting();
        if (item.isPresent() && item.get().like() == null && store.items().ahead() >= ahead) item = Optional.empty();
      }
      if (item.isPresent()) return item;
      wait();
    }
    return Optional.empty();
  }

  private void work() {
    try {
      for (Optional<Item> item = take(); item.isPresent(); item = take()) draft(item.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) { // an Error too: those who wait for a draft would wait for ever
      stopped = e;
      LOG.error("no more drafts are made: {}", e.getMessage(), e);
    }
  }

  /**
   * Tells those who wait for a draft that none will come.
   *
   * @throws IOException if the making of drafts has failed for good
   */
  void requireAlive() throws IOException {
    Throwable why = stopped;
    if (why != null) throw new IOException("no more drafts are made (" + why + "); answers are kept: start 'llama3v annotate' again", why);
  }

  private void draft(Item item) throws IOException {
    List<Draft> drafts;
    try {
      drafts = drafter.drafts(pictures.bytes(item.picture()), item.question(), item.task(), item.id());
    } catch (IOException | RuntimeException e) {
      LOG.warn("item {} is left out: {}", item.id(), e.getMessage());
      store.items().failed(item.id(), String.valueOf(e.getMessage()));
      return;
    }
    // Two answers that say the same cannot be rated.
    store.items().ready(item.id(), drafts.size() < 2 ? Task.EDIT : item.task(), drafts);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.llama3v.train.annotate;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Items with their drafts, and who has which before them. Those that were found by their likeness come before those drawn from
 * clusters; otherwise they come in the order in which they were put here, or brought forward.
 */
final class ItemTable {
  /** Somebody who has left a page open for this long is taken to have gone; others may have the item. */
  static final long RESERVED_MILLIS = 30 * 60_000L;
  private static final String COLUMNS = "SELECT i.id, i.picture, i.task, i.question, i.people, i.liked, i.state, i.failure FROM item i ";
  private static final String ORDER = "CASE WHEN i.liked IS NULL THEN 1 ELSE 0 END, i.place ";
  private final Database database;

  ItemTable(Database database) {
    this.database = database;
  }

  void add(Item item) throws IOException {
    database.update("INSERT INTO item(id, picture, task, question, people, liked, state, failure, drawn, place) "
        + "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM item))", item.id(), item.picture(), item.task().name(),
        item.question(), item.people(), item.like(), item.state().name(), item.failure(), item.like() == null);
  }

  /** Makes an item that was drawn one that was found by its likeness to another, the last of those. */
  void promote(int picture, int like) throws IOException {
    database.update("UPDATE item SET liked = ?, place = (SELECT MAX(place) + 1 FROM item) WHERE picture = ?", like, picture);
  }

  Optional<Item> get(int id) throws IOException {
    return database.first(COLUMNS + "WHERE i.id = ?", ItemTable::item, id);
  }

  List<Item> all() throws IOException {
    return database.query(COLUMNS + "ORDER BY i.id", ItemTable::item);
  }

  /** A number that no item has yet. */
  int nextId() throws IOException {
    return (int) database.number("SELECT COALESCE(MAX(id), 0) + 1 FROM item");
  }

  /** Pictures that an item shows. */
  Set<Integer> pictures() throws IOException {
    return new HashSet<>(database.query("SELECT picture FROM item", row -> row.getInt(1)));
  }

  /** Those of them that are not to be brought forward: somebody has seen them, they are in front already, or there is no draft. */
  Set<Integer> settledPictures() throws IOException {
    return new HashSet<>(database.query("SELECT i.picture FROM item i WHERE i.liked IS NOT NULL OR i.state = 'FAILED' "
        + "OR EXISTS (SELECT 1 FROM assignment s WHERE s.item = i.id)", row -> row.getInt(1)));
  }

  /** Items that were drawn from clusters, brought forward or not, drafted or not. */
  long drawn() throws IOException {
    return database.number("SELECT COUNT(*) FROM item WHERE drawn");
  }

  /** The first item without drafts. */
  Optional<Item> waiting() throws IOException {
    return database.first(COLUMNS + "WHERE i.state = 'WAITING' ORDER BY " + ORDER + "LIMIT 1", ItemTable::item);
  }

  /** Drafted items that nobody has answered. */
  long ahead() throws IOException {
    return database.number("SELECT COUNT(*) FROM item i WHERE i.state = 'READY' AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.item = i.id)");
  }

  void ready(int id, Task task, List<Draft> drafts) throws IOException {
    database.transaction(() -> {
      for (int slot = 0; slot < drafts.size(); slot++) {
        Draft d = drafts.get(slot);
        database.update("INSERT INTO draft(item, slot, text, model, temperature, seed, seconds) VALUES(?, ?, ?, ?, ?, ?, ?)", id, slot, d.text(),
            d.model(), d.temperature(), d.seed(), d.seconds());
      }
      return database.update("UPDATE item SET state = 'READY', task = ? WHERE id = ?", task.name(), id);
    });
  }

  void failed(int id, String reason) throws IOException {
    database.update("UPDATE item SET state = 'FAILED', failure = ? WHERE id = ?", reason, id);
  }

  List<Draft> drafts(int item) throws IOException {
    return database.query("SELECT text, model, temperature, seed, seconds FROM draft WHERE item = ? ORDER BY slot",
        row -> new Draft(row.getString(1), row.getString(2), row.getDouble(3), row.getLong(4), row.getDouble(5)), item);
  }

  /**
   * What a person is to do next: what they have before them already, or the first item that they have not answered and that fewer
   * people than wanted have answered or have before them.
   */
  Optional<Item> next(int annotator, long now) throws IOException {
    return database.first(COLUMNS + "LEFT JOIN assignment own ON own.item = i.id AND own.annotator = ? "
        + "WHERE i.state <> 'FAILED' AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.item = i.id AND a.annotator = ?) AND i.people > "
        + "(SELECT COUNT(DISTINCT a.annotator) FROM answer a WHERE a.item = i.id AND a.kind <> 'SKIPPED') + "
        + "(SELECT COUNT(*) FROM assignment s WHERE s.item = i.id AND s.annotator <> ? AND s.opened > ? "
        + "AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.item = i.id AND a.annotator = s.annotator)) "
        + "ORDER BY CASE WHEN own.item IS NULL THEN 1 ELSE 0 END, " + ORDER + "LIMIT 1", ItemTable::item,
        annotator, annotator, annotator, now - RESERVED_MILLIS);
  }

  /** Notes that a person has an item before them; the first time counts. */
  void assign(int item, int annotator, long now) throws IOException {
    database.transaction(() -> opened(item, annotator).isPresent() ? 0
        : database.update("INSERT INTO assignment(item, annotator, opened) VALUES(?, ?, ?)", item, annotator, now));
  }

  /** When a person first saw an item. */
  Optional<Long> opened(int item, int annotator) throws IOException {
    return database.first("SELECT opened FROM assignment WHERE item = ? AND annotator = ?", row -> row.getLong(1), item, annotator);
  }

  private static Item item(ResultSet row) throws SQLException {
    return new Item(row.getInt(1), row.getInt(2), Task.valueOf(row.getString(3)), row.getString(4), row.getInt(5),
        (Integer) row.getObject(6), Item.State.valueOf(row.getString(7)), row.getString(8));
  }
}

package io.llama3v.train.annotate;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The people. */
final class AnnotatorTable {
  /**
   * A person.
   *
   * @param id counts up
   * @param name as they gave it
   */
  record Annotator(int id, String name) {}

  private static final String ALL = "SELECT id, name FROM annotator ";
  private final Database database;

  AnnotatorTable(Database database) {
    this.database = database;
  }

  /** The person of a name, who is added where they are new. */
  Annotator named(String name) throws IOException {
    return database.transaction(() -> {
      Optional<Annotator> known = database.first(ALL + "WHERE name = ?", row -> new Annotator(row.getInt(1), row.getString(2)), name);
      if (known.isPresent()) return known.get();
      return new Annotator(database.insert("INSERT INTO annotator(name, joined) VALUES(?, ?)", name, Instant.now().toEpochMilli()), name);
    });
  }

  Optional<Annotator> get(int id) throws IOException {
    return database.first(ALL + "WHERE id = ?", row -> new Annotator(row.getInt(1), row.getString(2)), id);
  }

  List<Annotator> all() throws IOException {
    return database.query(ALL + "ORDER BY id", row -> new Annotator(row.getInt(1), row.getString(2)));
  }
}

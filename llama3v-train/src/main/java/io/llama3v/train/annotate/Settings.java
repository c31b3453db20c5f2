package io.llama3v.train.annotate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the answers of a folder were collected under. */
final class Settings {
  private final Database database;

  Settings(Database database) {
    this.database = database;
  }

  Optional<String> get(String name) throws IOException {
    return database.first("SELECT val FROM setting WHERE name = ?", row -> row.getString(1), name);
  }

  void put(String name, String value) throws IOException {
    database.update("MERGE INTO setting(name, val) KEY(name) VALUES(?, ?)", name, value);
  }

  /**
   * Compares settings with those that were kept.
   *
   * @throws IllegalArgumentException naming all that differ: other pictures or another order under the same answers would mix up both
   */
  void require(Map<String, String> settings) throws IOException {
    List<String> changed = new ArrayList<>();
    for (Map.Entry<String, String> s : settings.entrySet()) {
      String kept = get(s.getKey()).orElse("(nothing)");
      if (!kept.equals(s.getValue())) changed.add(s.getKey() + " was " + kept + " and is " + s.getValue());
    }
    if (!changed.isEmpty()) {
      throw new IllegalArgumentException("the answers in " + database.folder() + " were begun with other settings: "
          + String.join("; ", changed) + ". Give the same, or keep new answers elsewhere with --store FOLDER");
    }
  }
}

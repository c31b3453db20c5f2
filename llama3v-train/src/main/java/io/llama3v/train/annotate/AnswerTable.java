package io.llama3v.train.annotate;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The answers. They are added, never changed; of one person's answers to an item the last one counts. */
final class AnswerTable {
  private static final String COLUMNS = "SELECT id, item, annotator, kind, rating, text, active, wall, distance, written FROM answer ";
  private static final String LAST = "WHERE id IN (SELECT MAX(id) FROM answer GROUP BY item, annotator) ";
  private final Database database;

  AnswerTable(Database database) {
    this.database = database;
  }

  /**
   * Adds an answer.
   *
   * @param token the page's name for it: an answer that comes twice, since the page did not hear that the first had arrived, is kept once
   * @return the number of the answer
   */
  int add(Answer a, String token) throws IOException {
    return database.transaction(() -> {
      Optional<Integer> known = database.first("SELECT id FROM answer WHERE token = ?", row -> row.getInt(1), token);
      if (known.isPresent()) return known.get();
      Integer rating = a.reply() instanceof Reply.Rated rated ? rated.rating() : null;
      String text = a.reply() instanceof Reply.Edited edited ? edited.text()
          : a.reply() instanceof Reply.Rated rated ? rated.edit() : ((Reply.Skipped) a.reply()).reason();
      return database.insert("INSERT INTO answer(item, annotator, token, kind, rating, text, active, wall, distance, written) "
          + "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", a.item(), a.annotator(), token, kind(a.reply()), rating, text, a.activeMillis(),
          a.wallMillis(), a.distance(), a.written().toEpochMilli());
    });
  }

  /** Every person's last answer to every item, oldest first. */
  List<Answer> last() throws IOException {
    return database.query(COLUMNS + LAST + "ORDER BY id", AnswerTable::answer);
  }

  /** A person's last answer to an item. */
  Optional<Answer> last(int item, int annotator) throws IOException {
    return database.first(COLUMNS + "WHERE item = ? AND annotator = ? ORDER BY id DESC LIMIT 1", AnswerTable::answer, item, annotator);
  }

  /** Items that a person has answered, in the order of their first answers. */
  List<Integer> answered(int annotator) throws IOException {
    return database.query("SELECT item FROM answer WHERE annotator = ? GROUP BY item ORDER BY MIN(id)", row -> row.getInt(1), annotator);
  }

  /** All answers, those that were revised too. */
  long count() throws IOException {
    return database.number("SELECT COUNT(*) FROM answer");
  }

  private static String kind(Reply reply) {
    return reply instanceof Reply.Edited ? "EDITED" : reply instanceof Reply.Rated ? "RATED" : "SKIPPED";
  }

  private static Answer answer(ResultSet row) throws SQLException {
    String text = row.getString(6);
    Reply reply = switch (row.getString(4)) {
      case "EDITED" -> new Reply.Edited(text);
      case "RATED" -> new Reply.Rated(row.getInt(5), text);
      default -> new Reply.Skipped(text);
    };
    return new Answer(row.getInt(1), row.getInt(2), row.getInt(3), reply, row.getLong(7), row.getLong(8), (Double) row.getObject(9),
        Instant.ofEpochMilli(row.getLong(10)));
  }
}

package io.llama3v.train.annotate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The pool of pictures. It is filled once and then stays as it is. */
final class PictureTable {
  private final Database database;

  PictureTable(Database database) {
    this.database = database;
  }

  void add(Picture p) throws IOException {
    database.update("INSERT INTO picture(id, name, question, cluster, vector) VALUES(?, ?, ?, ?, ?)", p.id(), p.name(), p.question(),
        p.cluster(), bytes(p.vector()));
  }

  boolean isEmpty() throws IOException {
    return database.number("SELECT COUNT(*) FROM picture") == 0;
  }

  /** The cluster of each picture. */
  Map<Integer, Integer> clusters() throws IOException {
    Map<Integer, Integer> clusters = new HashMap<>();
    database.query("SELECT id, cluster FROM picture", row -> clusters.put(row.getInt(1), row.getInt(2)));
    return clusters;
  }

  /** All, in the order of their numbers, which count from 0. */
  List<Picture> all() throws IOException {
    return database.query("SELECT id, name, question, cluster, vector FROM picture ORDER BY id", PictureTable::picture);
  }

  private static Picture picture(ResultSet row) throws SQLException {
    return new Picture(row.getInt(1), row.getString(2), row.getString(3), row.getInt(4), floats(row.getBytes(5)));
  }

  private static byte[] bytes(float[] vector) {
    if (vector == null) return null;
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length);
    bytes.asFloatBuffer().put(vector);
    return bytes.array();
  }

  private static float[] floats(byte[] bytes) {
    if (bytes == null) return null;
    float[] vector = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(vector);
    return vector;
  }
}

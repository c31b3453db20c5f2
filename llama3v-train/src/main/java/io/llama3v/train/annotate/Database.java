package io.llama3v.train.annotate;

import io.llama3v.train.checkpoint.RunLock;
import io.llama3v.train.checkpoint.RunLockedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An H2 database in a folder, for one process at a time. A transaction that has returned is on disk: it is neither delayed nor left in
 * the operating system's buffers, so that it outlives a killed process and a power failure. Safe for several threads, one at a time.
 */
final class Database implements AutoCloseable {
  /** Makes an object of a row. */
  @FunctionalInterface
  interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  /** What is done as one. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  private static final String NAME = "answers";
  private final Path folder;
  private final RunLock lock;
  private final Connection connection;
  private int depth;

  private Database(Path folder, RunLock lock, Connection connection) {
    this.folder = folder;
    this.lock = lock;
    this.connection = connection;
  }

  /**
   * Opens the database of a folder, or makes it.
   *
   * @throws IOException if another process has it open, or it cannot be read
   */
  static Database open(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    if (absolute.toString().contains(";")) throw new IllegalArgumentException(absolute + ": H2 takes no folder with ';' in its name");
    RunLock lock = lock(absolute);
    try {
      // Without a delay a commit writes and waits. With H2's usual half second a thread of its own writes, and while that one is at work a
      // checkpoint returns at once: what was committed in the meantime would be lost with the process.
      Connection connection = DriverManager.getConnection("jdbc:h2:file:" + absolute.resolve(NAME)
          + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0", "sa", "");
      return new Database(absolute, lock, connection);
    } catch (SQLException e) {
      lock.close();
      throw new IOException(absolute.resolve(NAME + ".mv.db") + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static RunLock lock(Path folder) throws IOException {
    try {
      return RunLock.acquire(folder);
    } catch (RunLockedException e) {
      throw new IOException("the answers in " + folder + " are open already, by another 'llama3v annotate': use its page, which serves any "
          + "number of people; or end it; or keep other answers elsewhere with --store FOLDER (" + e.getMessage() + ")", e);
    }
  }

  /** Whether a folder holds answers. */
  static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(NAME + ".mv.db"));
  }

  Path folder() {
    return folder;
  }

  synchronized <T> List<T> query(String sql, Row<T> row, Object... arguments) throws IOException {
    try (PreparedStatement statement = prepare(sql, arguments); ResultSet rows = statement.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) all.add(row.of(rows));
      return all;
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  <T> Optional<T> first(String sql, Row<T> row, Object... arguments) throws IOException {
    List<T> all = query(sql, row, arguments);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
  }

  /** A number, or 0 where there is none. */
  long number(String sql, Object... arguments) throws IOException {
    return first(sql, row -> row.getLong(1), arguments).orElse(0L);
  }

  /** Changes rows; returns how many. */
  synchronized int update(String sql, Object... arguments) throws IOException {
    return transaction(() -> {
      try (PreparedStatement statement = prepare(sql, arguments)) {
        return statement.executeUpdate();
      } catch (SQLException e) {
        throw failed(e);
      }
    });
  }

  /** Adds a row whose id H2 chooses; returns the id. */
  synchronized int insert(String sql, Object... arguments) throws IOException {
    return transaction(() -> {
      try (PreparedStatement statement = connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
        bind(statement, arguments);
        statement.executeUpdate();
        try (ResultSet keys = statement.getGeneratedKeys()) {
          keys.next();
          return keys.getInt(1);
        }
      } catch (SQLException e) {
        throw failed(e);
      }
    });
  }

  /** Does all of the work or none of it. Transactions inside others belong to them. */
  synchronized <T> T transaction(Work<T> work) throws IOException {
    boolean outer = depth++ == 0;
    boolean done = false;
    try {
      if (outer) connection.setAutoCommit(false);
      T result = work.run();
      if (outer) {
        connection.commit();
        try (Statement force = connection.createStatement()) {
          // The commit has written it; this has the system put it on the disk.
          force.execute("CHECKPOINT SYNC");
        }
      }
      done = true;
      return result;
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      depth--;
      if (outer) end(done);
    }
  }

  private void end(boolean done) throws IOException {
    try {
      if (!done) connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private PreparedStatement prepare(String sql, Object... arguments) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      bind(statement, arguments);
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, Object... arguments) throws SQLException {
    for (int i = 0; i < arguments.length; i++) statement.setObject(i + 1, arguments[i]);
  }

  private IOException failed(SQLException e) {
    return new IOException(folder.resolve(NAME + ".mv.db") + ": " + e.getMessage(), e);
  }

  @Override
  public synchronized void close() throws IOException {
    try (lock) {
      connection.close();
    } catch (SQLException e) {
      throw failed(e);
    }
  }
}

package io.llama3v.data.curate.engine;

import io.llama3v.data.curate.Reduction;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** The parts of a reduction, read one by one each time they are walked. */
record Parts<P>(List<Path> files, Reduction<P, ?> reduction) implements Iterable<P> {

  static DataInputStream open(Path file) throws IOException {
    return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
  }

  @Override
  public Iterator<P> iterator() {
    Iterator<Path> paths = files.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return paths.hasNext();
      }

      @Override
      public P next() {
        Path file = paths.next();
        try (DataInputStream in = open(file)) {
          return reduction.readPart(in);
        } catch (IOException e) {
          throw new UncheckedIOException(file + ": cannot be read; delete it and run again", e);
        }
      }
    };
  }
}

package io.llama3v.data.convert;

import java.util.List;

/** A picture of a conversation: a file below the folder of pictures, or bytes that came with the data. */
public sealed interface Picture {
  /** How it is called in files that name it: a relative path with slashes. */
  String name();

  /**
   * A file.
   *
   * @param name         path below the folder of pictures
   * @param alternatives where it is looked for next, in this order
   */
  record Named(String name, List<String> alternatives) implements Picture {
    public Named {
      alternatives = List.copyOf(alternatives);
    }

    public Named(String name) {
      this(name, List.of());
    }
  }

  /** Bytes. They are not copied: treat them as read-only. */
  record Embedded(String name, byte[] bytes) implements Picture {}
}

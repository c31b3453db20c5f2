package io.llama3v.data.curate.dirt;

import java.util.Locale;

/** What was done to a sample. */
public enum DirtKind {
  /** Nothing. */
  CLEAN(""),
  /** One more sample with an edited copy of a picture, under another key and with another of its captions. */
  COPY("copies"),
  /** Captions in another language. */
  FOREIGN("language"),
  /** Captions of another sample. */
  MISMATCHED("similarity"),
  /** A caption that many share and that says nothing. */
  BOILERPLATE("boilerplate"),
  /** The name of a file in the caption's place. */
  FILE_NAME("rules"),
  /** A picture of a few pixels. */
  SMALL("rules"),
  /** A picture many times as wide as high. */
  ELONGATED("rules"),
  /** Half of the picture's bytes are missing. */
  CUT_PICTURE("read"),
  /** A picture whose header claims 600 million pixels. */
  BOMB("read"),
  /** Metadata that is no JSON. */
  BAD_JSON("read"),
  /** A key that another sample has already. */
  REPEATED_KEY("keys"),
  /** A member whose header claims more bytes than it has. */
  LYING_SIZE("read"),
  /** Behind the place where the last shard breaks off. */
  CUT_OFF("read");

  private final String step;

  DirtKind(String step) {
    this.step = step;
  }

  /** The step that should drop it. */
  public String step() {
    return step;
  }

  /** Its name in files: {@code file-name}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind of a name. */
  public static DirtKind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}

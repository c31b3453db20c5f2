package io.llama3v.data.corpus;

import java.util.Locale;

/**
 * A question about a picture and its answer.
 *
 * @param objects how many objects were in the picture: one makes it easier
 */
record Question(Kind kind, String question, String answer, int objects) {

  /** What is asked. */
  enum Kind {
    /** Name the thing. Open. */
    WHAT,
    /** Which of eleven colours: chance 1/11. */
    COLOUR,
    /** Which of four corners: chance 1/4. */
    CORNER,
    /** How many, one to four: chance 1/4. */
    COUNT,
    /** Read the word. Open. */
    READ;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}

package io.llama3v.train.annotate;

/** What a person said about an item. */
public sealed interface Reply {
  /**
   * The draft, corrected or as it was.
   *
   * @param text the answer as it is to be
   */
  record Edited(String text) implements Reply {}

  /**
   * A comparison of two drafts on the 7-point scale.
   *
   * @param rating from -3, the first is much better, over 0, about the same, to 3, the second is much better
   * @param edit the better one, improved; null where it was left as it is
   */
  record Rated(int rating, String edit) implements Reply {
    /** Ends of the scale. */
    public static final int MOST = 3;

    /** Checks the scale. */
    public Rated {
      if (rating < -MOST || rating > MOST) throw new IllegalArgumentException("rating " + rating + "; expected -3 to 3");
      if (rating == 0 && edit != null) throw new IllegalArgumentException("neither answer is better; an edit needs the better one to begin with");
    }

    /** Number of the better draft. */
    public int better() {
      return rating > 0 ? 1 : 0;
    }
  }

  /**
   * Nothing.
   *
   * @param reason why, in the person's words; may be empty
   */
  record Skipped(String reason) implements Reply {}
}

package io.llama3v.text;

import java.util.Objects;

/** A part of a message. */
public sealed interface Content permits Content.Text, Content.Image {

  /** Words, taken literally: names of special tokens in them stay words. */
  record Text(String text) implements Content {
    public Text {
      Objects.requireNonNull(text, "text");
    }
  }

  /**
   * The place of an image.
   *
   * @param index which of the sample's images stands here, counted from 0 in the order of the conversation; {@link #NEXT} for the one
   *     after the last mentioned. An explicit index must agree with that order: images are given to the model as they appear.
   */
  record Image(int index) implements Content {
    public static final int NEXT = -1;

    public Image {
      if (index < NEXT) {
        throw new IllegalArgumentException("image index " + index + " is negative");
      }
    }

    public Image() {
      this(NEXT);
    }
  }
}

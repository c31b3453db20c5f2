package io.llama3v.data.corpus;

import java.util.Locale;

/** What an icon may be used for. */
public enum IconSplit {
  TRAIN, VALIDATION, HELDOUT,
  /** Of the family that is never trained on: another drawing style. */
  FAMILY;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

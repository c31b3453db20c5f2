package io.llama3v.train.annotate;

/** What a person is asked to do. */
public enum Task {
  /** To correct one draft. */
  EDIT,
  /** To rate two drafts against each other, and to improve the better one if there is something to improve. */
  RATE
}

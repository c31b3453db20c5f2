package io.llama3v.train.annotate;

/**
 * A picture with a question, to be answered by one or several people.
 *
 * @param id counts up; nobody sees a picture twice
 * @param picture number of the picture in the pool
 * @param task what to do; {@link Task#RATE} becomes {@link Task#EDIT} where the model has only one answer
 * @param question what was asked
 * @param people how many are to answer
 * @param like the item whose picture it was found by; null where it was drawn from its cluster
 * @param state how far it is
 * @param failure why there is no draft, or null
 */
public record Item(int id, int picture, Task task, String question, int people, Integer like, State state, String failure) {
  /** How far an item is. */
  public enum State {
    /** The model has not drafted yet. */
    WAITING,
    /** Drafts are there. */
    READY,
    /** There can be no drafts. */
    FAILED
  }
}

package io.llama3v.train.annotate;

import java.io.IOException;
import java.util.List;

/** Makes drafts. Called by one thread. */
@FunctionalInterface
public interface Drafter {
  /**
   * Drafts for a picture and a question.
   *
   * @param picture encoded bytes
   * @param item number of the item, for the seeds of samples
   * @return one draft, or for {@link Task#RATE} two that differ, where the models give two
   * @throws IOException or a RuntimeException if there can be none; the item is then left out, and the reason kept
   */
  List<Draft> drafts(byte[] picture, String question, Task task, int item) throws IOException;
}

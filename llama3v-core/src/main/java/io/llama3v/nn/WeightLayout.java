package io.llama3v.nn;

import io.llama3v.io.WeightSource;
import java.io.IOException;
import java.util.Set;

/**
 * How a checkpoint in another naming convention provides the parameters that our modules name in Hugging Face's way. Each
 * foreign layout is one implementation; Hugging Face's own needs none.
 */
public interface WeightLayout {
  /**
   * The values of one parameter, row-major, or null if the checkpoint has none for it.
   *
   * @param name our (Hugging Face) name
   * @param shape its shape
   * @param used add the checkpoint's names that were consulted, so that left-over tensors can be reported
   */
  float[] read(WeightSource source, String name, long[] shape, Set<String> used) throws IOException;
}

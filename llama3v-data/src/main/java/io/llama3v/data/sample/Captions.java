package io.llama3v.data.sample;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The captions of a sample: {@code captions} in its {@code json}, or else its {@code txt}. */
public final class Captions {
  private Captions() {}

  /**
   * All captions, the main one first.
   *
   * @throws SampleException if there is none
   */
  public static List<String> of(Sample sample) {
    List<String> captions = new ArrayList<>();
    if (sample.members().containsKey("json")) {
      for (JsonNode caption : sample.json().path("captions")) {
        captions.add(caption.asText());
      }
    }
    return captions.isEmpty() ? List.of(sample.text()) : captions;
  }

  /**
   * One of them, each as likely as another.
   *
   * @param draw any 64 random bits, such as {@code Mix64.mix(seed, position)}: the same draw picks the same caption
   */
  public static String pick(Sample sample, long draw) {
    List<String> captions = of(sample);
    return captions.get((int) Long.remainderUnsigned(draw, captions.size()));
  }
}

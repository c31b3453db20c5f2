package io.llama3v.train.preference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A prompt with the answer to learn.
 *
 * @param prompt what is asked
 * @param answer what is to be answered
 */
public record Demonstration(Prompt prompt, String answer) {
  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException naming {@code where} and what is missing
   */
  public static Demonstration read(JsonNode line, String where) {
    return new Demonstration(Prompt.read(line, where), Prompt.text(line, "answer", where));
  }

  /**
   * Reads a line whose answer is known by either name: {@code answer}, or {@code chosen} as in a file of preferences.
   *
   * @throws IllegalArgumentException naming {@code where} and what is missing
   */
  public static Demonstration readTruth(JsonNode line, String where) {
    return line.has("chosen") && !line.has("answer") ? new Demonstration(Prompt.read(line, where), Prompt.text(line, "chosen", where))
        : read(line, where);
  }

  /** As a line. */
  public ObjectNode toJson() {
    return prompt.toJson().put("answer", answer);
  }
}

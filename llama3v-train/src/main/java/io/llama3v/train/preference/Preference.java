package io.llama3v.train.preference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Two answers to the same prompt, or three: edited &gt; chosen &gt; rejected.
 *
 * @param prompt what is asked
 * @param chosen the better answer
 * @param rejected the worse answer
 * @param edited the chosen answer as somebody improved it, or null
 */
public record Preference(Prompt prompt, String chosen, String rejected, String edited) {
  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException naming {@code where} and what is missing
   */
  public static Preference read(JsonNode line, String where) {
    Prompt prompt = Prompt.read(line, where);
    Preference read = new Preference(prompt, Prompt.text(line, "chosen", where), Prompt.text(line, "rejected", where),
        line.has("edited") ? Prompt.text(line, "edited", where) : null);
    if (read.chosen.equals(read.rejected)) {
      throw new IllegalArgumentException(where + ": 'chosen' and 'rejected' are the same answer, so that neither is preferred");
    }
    return read;
  }

  /** The answers, best first. */
  public List<String> ranked() {
    List<String> all = new ArrayList<>();
    if (edited != null) all.add(edited);
    all.add(chosen);
    all.add(rejected);
    return all;
  }

  /** As a line. */
  public ObjectNode toJson() {
    ObjectNode line = prompt.toJson().put("chosen", chosen).put("rejected", rejected);
    if (edited != null) line.put("edited", edited);
    return line;
  }
}

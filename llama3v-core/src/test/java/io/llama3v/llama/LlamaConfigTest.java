package io.llama3v.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.io.Json;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Where a config.json says how positions turn: two keys at its top, or one object. */
class LlamaConfigTest {
  private static final String SCALING = "\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, "
      + "\"original_max_position_embeddings\": 8192";

  private static LlamaConfig read(String json) {
    try {
      return LlamaConfig.fromJson(Json.parse(json, "config.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void rotaryFrequenciesAreReadFromBothPlaces() {
    LlamaConfig old = read("{\"rope_theta\": 500000.0, \"rope_scaling\": {" + SCALING + "}}");
    LlamaConfig recent = read("{\"rope_parameters\": {\"rope_theta\": 500000.0, " + SCALING + "}}");
    assertEquals(500_000, old.ropeTheta());
    assertEquals(new RopeScaling(8, 1, 4, 8192), old.ropeScaling());
    assertEquals(old, recent);
    LlamaConfig plain = read("{\"rope_parameters\": {\"rope_theta\": 123.0, \"rope_type\": \"default\"}}");
    assertEquals(123, plain.ropeTheta());
    assertNull(plain.ropeScaling());
    assertEquals(10_000, read("{}").ropeTheta());
    assertEquals(500_000, read("{\"rope_theta\": 500000.0, \"rope_parameters\": null, \"rope_scaling\": null}").ropeTheta());
  }

  /** Whoever loads the saved model would otherwise generate past the end of a turn. */
  @Test
  void allTokensThatEndGenerationAreKept() {
    LlamaConfig tuned = read("{\"eos_token_id\": [128001, 128008, 128009]}");
    assertEquals(128_001, tuned.eosToken());
    assertEquals(java.util.List.of(128_008, 128_009), tuned.furtherEos());
    assertEquals("[128001,128008,128009]", tuned.toJson().get("eos_token_id").toString());
    assertEquals(tuned, read(tuned.toJson().toString()));
    assertEquals("2", read("{\"eos_token_id\": 2}").toJson().get("eos_token_id").toString());
  }

  @Test
  void whatIsNoLlamaIsSaid() {
    assertTrue(assertThrows(IllegalArgumentException.class, () -> read("{\"num_attention_heads\": 0}")).getMessage().contains("num_attention_heads 0"));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> read("{\"rope_parameters\": {\"rope_type\": \"yarn\", \"rope_theta\": 1e4}}"))
        .getMessage().contains("yarn"));
  }
}

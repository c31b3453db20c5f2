package io.llama3v.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CrossAttentionSpansTest {

  /** 40 random sequences with the masks that Hugging Face's Mllama processor (4.49) makes of them. */
  @Test
  void agreesWithTheReferenceProcessor() throws IOException {
    JsonNode cases;
    try (InputStream in = getClass().getResourceAsStream("cross-attention-masks.json")) {
      cases = new ObjectMapper().readTree(in);
    }
    assertEquals(40, cases.size());
    for (JsonNode one : cases) {
      int[] ids = ints(one.get("input_ids"));
      int[] tiles = ints(one.get("num_tiles"));
      int image = one.get("image_token_id").asInt();
      int[] positions = IntStream.range(0, ids.length).filter(i -> ids[i] == image).toArray();
      CrossAttentionSpans spans = CrossAttentionSpans.of(positions, ids.length);
      assertEquals(one.get("sparse").size(), spans.images());
      for (int i = 0; i < spans.images(); i++) {
        assertEquals(one.get("sparse").get(i).get(0).asInt(), spans.starts()[i], one.toString());
        assertEquals(one.get("sparse").get(i).get(1).asInt(), spans.ends()[i], one.toString());
      }
      StringBuilder rows = new StringBuilder();
      one.get("dense_rows").forEach(row -> rows.append(row.asText().replace("|", "")));
      float[] expected = new float[rows.length()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = rows.charAt(i) - '0';
      }
      assertArrayEquals(expected, spans.dense(ids.length, tiles, 4), one.toString());
      boolean[] any = spans.rowsWithImage(ids.length);
      for (int row = 0; row < ids.length; row++) {
        boolean seen = spans.images() > 0 && one.get("dense_rows").get(row).asText().contains("1");
        assertEquals(seen, any[row]);
      }
    }
  }

  @Test
  void aLoneImageIsSeenThroughPadding() {
    float[] mask = CrossAttentionSpans.of(new int[] {1}, 2).dense(4, new int[] {1}, 2);
    assertArrayEquals(new float[] {0, 0, 1, 0, 1, 0, 1, 0}, mask);
  }

  @Test
  void wrongInputIsAnError() {
    assertThrows(IllegalArgumentException.class, () -> CrossAttentionSpans.of(new int[] {3, 2}, 5));
    assertThrows(IllegalArgumentException.class, () -> CrossAttentionSpans.of(new int[] {5}, 5));
    CrossAttentionSpans one = CrossAttentionSpans.of(new int[] {0}, 2);
    assertThrows(IllegalArgumentException.class, () -> one.dense(2, new int[] {5}, 4));
    assertThrows(IllegalArgumentException.class, () -> one.dense(2, new int[] {1, 1}, 4));
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}

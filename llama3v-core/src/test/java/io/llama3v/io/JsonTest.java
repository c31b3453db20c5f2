package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @TempDir
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1,\"a\":2}", "{\"b\":{\"a\":1,\"\\u0061\":2}}", "{} {}", "{} x", "[NaN]", "[01]", "{a:1}",
    "['a']", "[1,]", "[/**/]", "\ufeff{}", "[\"\\x\"]", "{\"a\":", "[\"\\ud800\"x]"})
  void refusesWhatOtherParsersLetPass(String text) {
    IOException error = assertThrows(IOException.class, () -> Json.parse(text, "x.json"));
    assertTrue(error.getMessage().matches("(?s)x\\.json:\\d+:\\d+: malformed JSON: .+"), error.getMessage());
  }

  @Test
  void refusesDeepNestingAndEmptiness() throws IOException {
    assertEquals(64, depth(Json.parse("[".repeat(64) + "]".repeat(64), "x")));
    assertThrows(IOException.class, () -> Json.parse("[".repeat(65) + "]".repeat(65), "x"));
    assertThrows(IOException.class, () -> Json.parse("[".repeat(1_000_000), "x"));
    assertThrows(IOException.class, () -> Json.parse(" ", "x"));
  }

  @Test
  void filesAreCheckedBeforeTheyAreRead() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), "{\"a\": 1}");
    assertEquals(1, Json.read(file).get("a").intValue());
    assertEquals(file + ": expected at most 7 bytes of JSON, found 8",
        assertThrows(IOException.class, () -> Json.read(file, 7)).getMessage());
    Path latin = Files.write(folder.resolve("b.json"), new byte[] {'"', (byte) 0xe4, '"'});
    assertEquals(latin + ": expected UTF-8 text, found other bytes",
        assertThrows(IOException.class, () -> Json.read(latin)).getMessage());
  }

  @Test
  void writesRecordsAndMaps() {
    record Point(int x, String name) {}
    assertEquals("[{\"x\":1,\"name\":\"a\"}]", Json.write(List.of(new Point(1, "a"))));
    assertEquals("{\n  \"a\" : 1\n}\n", Json.writePretty(Map.of("a", 1)));
  }

  private static int depth(JsonNode node) {
    return node.isEmpty() ? 1 : 1 + depth(node.get(0));
  }
}

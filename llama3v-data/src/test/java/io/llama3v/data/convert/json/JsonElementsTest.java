package io.llama3v.data.convert.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.convert.ConvertException;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonElementsTest {
  @TempDir
  Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("a.json"), text);
  }

  @Test
  void anArrayInAFieldIsReadWithTheHeadBeforeIt() throws IOException {
    Path f = file("{\"info\": {\"year\": 2014, \"list\": [1, {\"data\": []}]}, \"data_subtype\": \"train2014\",\n \"data\": [{\"a\": 1},\n{\"a\": 2}], \"after\": 1}");
    try (JsonElements e = JsonElements.array(f, "data")) {
      assertEquals("train2014", e.header("data_subtype"));
      assertNull(e.header("after"));
      assertEquals(1, e.next().integer("a"));
      JsonView second = e.next();
      assertEquals(2, second.integer("a"));
      assertEquals("/data/1", second.pointer());
      assertEquals(3, second.line());
      assertNull(e.next());
      assertNull(e.next());
    }
  }

  @Test
  void fieldsOfAnObjectHaveTheirNames() throws IOException {
    try (JsonElements e = JsonElements.fields(file("{\"a/b\": {\"x\": \"ü\"}, \"7\": {\"x\": \"v\"}}"))) {
      JsonView first = e.next();
      assertEquals("a/b", first.name());
      assertEquals("/a~1b", first.pointer());
      assertEquals("ü", first.text("x"));
      assertEquals("7", e.next().name());
      assertNull(e.next());
    }
  }

  @Test
  void theBytesBetweenStartAndEndAreTheElement() throws IOException {
    String text = "{\"é\": \"ü\", \"data\" : [ {\"a\": \"ß€\"} , {\"b\": [1, 2]} ]}";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (JsonElements e = JsonElements.array(file(text), "data")) {
      for (String expected : List.of("{\"a\": \"ß€\"}", "{\"b\": [1, 2]}")) {
        JsonView v = e.next();
        assertEquals(expected, new String(bytes, (int) v.start(), (int) (v.end() - v.start()), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void errorsNameFileLineAndPlace() throws IOException {
    Path f = file("[{\"a\": 1},\n {\"b\": [\"x\", 2, {}]}]");
    try (JsonElements e = JsonElements.array(f)) {
      e.next();
      JsonView v = e.next();
      String missing = assertThrows(ConvertException.class, () -> v.text("a")).getMessage();
      assertTrue(missing.startsWith(f + ":2 (/1): ") && missing.contains("'a'") && missing.contains("[b]"), missing);
      String wrong = assertThrows(ConvertException.class, () -> v.texts("b")).getMessage();
      assertTrue(wrong.startsWith(f + ":2 (/1/b/2): expected a text"), wrong);
    }
  }

  @Test
  void brokenAndForeignFilesAreRefused() throws IOException {
    try (JsonElements e = JsonElements.array(file("[{\"a\": 1},\n{\"a\": tru]"))) {
      e.next();
      String broken = assertThrows(ConvertException.class, e::next).getMessage();
      assertTrue(broken.contains("a.json:2:"), broken);
    }
    try (JsonElements e = JsonElements.array(file("[{\"a\": 1}"))) {
      e.next();
      assertThrows(ConvertException.class, e::next);
    }
    assertTrue(assertThrows(ConvertException.class, () -> JsonElements.array(file("{}"), "data")).getMessage().contains("'data'"));
    assertTrue(assertThrows(ConvertException.class, () -> JsonElements.array(file("{}"))).getMessage().contains("a list"));
    assertTrue(assertThrows(ConvertException.class, () -> JsonElements.array(file(""))).getMessage().contains("nothing"));
    assertTrue(assertThrows(ConvertException.class, () -> JsonElements.fields(file("[]"))).getMessage().contains("an object"));
  }

  @Test
  void anElementThatIsTooLongIsRefusedAndOneBesideTheArrayIsPassedOver() throws IOException {
    Path f = folder.resolve("long.json");
    for (boolean beside : new boolean[] {true, false}) {
      try (Writer out = Files.newBufferedWriter(f)) {
        out.write(beside ? "{\"skipped\": [" : "{\"data\": [[");
        String chunk = "1234567,".repeat(1 << 13);
        for (long n = 0; n < Limits.LINE_BYTES + (2 << 20); n += chunk.length()) out.write(chunk);
        out.write(beside ? "1], \"data\": [{\"a\": 1}]}" : "1]]}");
      }
      if (beside) {
        try (JsonElements e = JsonElements.array(f, "data")) {
          assertEquals(1, e.next().integer("a"));
        }
      } else {
        try (JsonElements e = JsonElements.array(f, "data")) {
          assertTrue(assertThrows(ConvertException.class, e::next).getMessage().contains("more than"));
        }
      }
    }
  }

  @Test
  void anIndexFindsAllEntriesOfAnIdInTheirOrder() throws IOException {
    StringBuilder text = new StringBuilder("{\"annotations\": [");
    for (int i = 0; i < 3000; i++) text.append(i == 0 ? "" : ",\n").append("{\"id\": ").append(i % 1000 - 500).append(", \"n\": ").append(i).append('}');
    try (IdIndex index = IdIndex.open(file(text + "]}"), "annotations", "id")) {
      assertEquals(3000, index.size());
      for (int id : new int[] {-500, 0, 499}) {
        assertEquals(List.of(id + 500L, id + 1500L, id + 2500L), index.find(id).stream().map(v -> v.integer("n")).toList());
      }
      assertEquals(List.of(), index.find(500));
      assertTrue(assertThrows(ConvertException.class, () -> index.find(0).get(1).text("x")).getMessage().contains("(/annotations/1500)"));
    }
  }
}

package io.llama3v.train.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.io.Json;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonlSourceTest {
  @TempDir Path folder;

  private static final JsonlSource.Check PREFERENCE = Preference::read;

  @Test
  void linesWithPicturesOfFilesAndShards() throws IOException {
    Files.createDirectories(folder.resolve("data"));
    Files.createDirectories(folder.resolve("lines"));
    Path shard;
    try (TarShardWriter writer = new TarShardWriter(folder.resolve("data"), "train", 10, 1 << 20)) {
      writer.write(new Sample("000", Map.of("png", new byte[] {1, 2})));
      writer.write(new Sample("001", Map.of("png", new byte[] {3, 4, 5})));
      writer.close();
      shard = writer.published().get(0);
    }
    Files.write(folder.resolve("lines/own.png"), new byte[] {9});
    Path file = folder.resolve("lines/a.jsonl");
    String name = PictureFiles.name(file.getParent(), shard, "001");
    assertTrue(name.startsWith("../data/") && name.endsWith(".tar#001"), name);
    Preference first = new Preference(Prompt.question("q1", List.of(name, "own.png"), "What colour?"), "réd", "blue", null);
    Preference second = new Preference(new Prompt("q2", List.of(), List.of(Message.system("Be brief."), Message.user("Hi"),
        Message.assistant("Hello"), Message.user("Who?"))), "me", "you", "I am");
    Files.writeString(file, Json.write(first.toJson()) + "\n\n" + Json.write(second.toJson()));
    try (JsonlSource source = JsonlSource.open(List.of(file, file), PREFERENCE)) {
      assertEquals(4, source.size());
      Sample sample = source.read(2);
      assertEquals("q1", sample.key());
      assertArrayEquals(new byte[] {3, 4, 5}, sample.member("image.0").orElseThrow());
      assertArrayEquals(new byte[] {9}, sample.member("image.1").orElseThrow());
      assertEquals(first, Preference.read(sample.json(), "x"));
      assertEquals(2, first.prompt().turns().get(0).images());
      Preference read = Preference.read(source.line(1), "x");
      assertEquals(second, read);
      assertEquals(List.of("I am", "me", "you"), read.ranked());
      assertEquals(Role.SYSTEM, read.prompt().turns().get(0).role());
      assertTrue(source.where(3).endsWith("a.jsonl:3"), source.where(3));
      String print = source.fingerprint();
      try (JsonlSource other = JsonlSource.open(List.of(file), PREFERENCE)) {
        assertNotEquals(print, other.fingerprint());
      }
    }
  }

  @Test
  void mistakesAreNamedWithTheirLine() throws IOException {
    expect("{\"question\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}\n{\"question\": \"q\", \"choosen\": \"a\"}", ":2: 'chosen' is missing");
    expect("{\"chosen\": \"a\", \"rejected\": \"b\"}", ":1: expected either 'question' or 'messages'");
    expect("{\"question\": \"q\", \"chosen\": \"a\", \"rejected\": \"a\"}", "the same answer");
    expect("{\"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}], \"chosen\": \"a\", \"rejected\": \"b\"}", "ends with a turn of the user");
    expect("{\"messages\": [{\"role\": \"robot\", \"content\": \"a\"}], \"chosen\": \"a\", \"rejected\": \"b\"}", "role 'robot'");
    expect("[1]", "expected an object");
    expect("\n \n", "hold no line");
    assertThrows(IOException.class, () -> open("{\"question\": "));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> JsonlSource.open(List.of(folder.resolve("none")), PREFERENCE)).getMessage()
        .contains("there is no file"));
  }

  @Test
  void missingPicturesAreNamed() throws IOException {
    String line = "{\"images\": [\"%s\"], \"question\": \"q\", \"chosen\": \"a\", \"rejected\": \"b\"}";
    for (String name : List.of("none.png", "none.tar#1")) {
      try (JsonlSource source = open(line.formatted(name))) {
        String message = assertThrows(IllegalArgumentException.class, () -> source.read(0)).getMessage();
        assertTrue(message.contains("x.jsonl:1") && message.contains("none"), message);
      }
    }
  }

  private JsonlSource open(String text) throws IOException {
    Path file = folder.resolve("x.jsonl");
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    return JsonlSource.open(List.of(file), PREFERENCE);
  }

  private void expect(String text, String message) {
    String said = assertThrows(IllegalArgumentException.class, () -> open(text)).getMessage();
    assertTrue(said.contains(message), said);
  }
}

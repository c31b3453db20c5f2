package io.llama3v.train.annotate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.io.Json;
import io.llama3v.train.preference.Demonstration;
import io.llama3v.train.preference.JsonlSource;
import io.llama3v.train.preference.Preference;
import io.llama3v.train.stage.TinyShards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationExportTest {
  private static final List<Draft> TWO = List.of(Desk.draft("one"), Desk.draft("two"));

  @TempDir
  Path folder;

  @Test
  void editsBecomeConversationsThatFineTuningReads() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 3, 1)) {
      int ann = desk.person("Ann");
      List<Integer> items = new ArrayList<>();
      for (String text : List.of("a blue car", "a red car")) {
        int id = desk.next(ann).path("id").asInt();
        items.add(id);
        assertEquals(200, desk.edit(id, ann, text).statusCode());
      }
      AnnotationExport.Summary summary = AnnotationExport.write(desk.store, folder.resolve("out/export"));
      assertEquals(2, summary.conversations());
      assertEquals(1, summary.preferences(), "a draft that was accepted is preferred to nothing");
      try (ShardIndex shards = ShardIndex.open(folder.resolve("out/export/sft-[0-9]*.tar").toString())) {
        assertEquals(2, shards.size());
        Sample sample = shards.read(0);
        Item item = desk.store.items().get(items.get(0)).orElseThrow();
        assertArrayEquals(TinyShards.sample(item.picture()).image(), sample.image());
        JsonNode turn = sample.json().path("conversations").path(0);
        assertEquals("What is in picture " + item.picture() + "?", turn.path("question").asText());
        assertEquals("a blue car", turn.path("answer").asText());
      }
      try (JsonlSource lines = JsonlSource.open(List.of(folder.resolve("out/export/answers.jsonl")), Demonstration::read)) {
        assertEquals("a red car", Demonstration.read(lines.line(1), "line 2").answer());
        Item item = desk.store.items().get(items.get(1)).orElseThrow();
        assertArrayEquals(TinyShards.sample(item.picture()).image(), lines.read(1).member("image.0").orElseThrow(), "the picture is found from there");
      }
      try (JsonlSource lines = JsonlSource.open(List.of(folder.resolve("out/export/preferences.jsonl")), Preference::read)) {
        assertEquals(List.of("a blue car", "a red car"), Preference.read(lines.line(0), "line 1").ranked());
      }
      assertEquals(2, Files.readAllLines(folder.resolve("out/export/records.jsonl")).size());
    }
  }

  @Test
  void ratingsBecomePairsAndEditsStandAboveThem() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.RATE), 3, 1)) {
      int ann = desk.person("Ann");
      int[] ratings = {-2, 1, 0};
      String[] edits = {null, "a very fast red car", null};
      for (int i = 0; i < 3; i++) desk.rate(desk.next(ann), ann, ratings[i], edits[i]);
      AnnotationExport.Summary summary = AnnotationExport.write(desk.store, folder.resolve("export"));
      assertEquals(2, summary.preferences());
      assertEquals(1, summary.undecided());
      assertEquals(1, summary.conversations(), "what a person wrote is worth learning; the better of two drafts need not be");
      try (JsonlSource lines = JsonlSource.open(List.of(folder.resolve("export/preferences.jsonl")), Preference::read)) {
        assertEquals(List.of("a car", "a fast red car"), Preference.read(lines.line(0), "").ranked());
        assertEquals(List.of("a very fast red car", "a fast red car", "a car"), Preference.read(lines.line(1), "").ranked());
      }
      JsonNode record = Json.parse(Files.readAllLines(folder.resolve("export/records.jsonl")).get(1), "");
      assertEquals("Ann", record.path("annotator").asText());
      assertEquals(1, record.path("rating").asInt());
      // "very " is five insertions into 14 characters that become 19.
      assertEquals(5.0 / 19, record.path("distance").asDouble(), 1e-12);
      assertTrue(record.path("active_seconds").isNumber() && record.path("wall_seconds").isNumber());
    }
  }

  @Test
  void anotherExportTakesTheFirstOnesPlaceAndNothingElses() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 3, 1)) {
      Path out = folder.resolve("export");
      assertEquals(0, AnnotationExport.write(desk.store, out).answers());
      assertFalse(Files.exists(out.resolve("answers.jsonl")), "no empty files, which training refuses");
      int ann = desk.person("Ann");
      desk.edit(desk.next(ann).path("id").asInt(), ann, "x");
      assertEquals(1, AnnotationExport.write(desk.store, out).answers());
      Path mine = Files.createDirectories(folder.resolve("mine"));
      Files.writeString(mine.resolve("diary.txt"), "keep me");
      assertThrows(IOException.class, () -> AnnotationExport.write(desk.store, mine));
      assertEquals("keep me", Files.readString(mine.resolve("diary.txt")));
      try (var left = Files.list(folder)) {
        assertTrue(left.noneMatch(f -> f.getFileName().toString().contains(".tmp-")));
      }
    }
  }

  @Test
  void whatSeveralPeopleSayComesToOneVerdict() {
    // The text in the middle: "a cat" is one edit from either of the others, which are two apart.
    assertEquals("a cat", Verdict.of(TWO.subList(0, 1), answers(new Reply.Edited("a cats"), new Reply.Edited("a cat"), new Reply.Edited("a bat"))).answer());
    // One who strongly prefers the second outweighs two who slightly prefer the first; their edit of the first does not count then.
    Verdict strong = Verdict.of(TWO, answers(new Reply.Rated(-1, "one!"), new Reply.Rated(3, null), new Reply.Rated(-1, null)));
    assertEquals("two", strong.chosen());
    assertEquals("one", strong.rejected());
    assertNull(strong.edited());
    assertNull(Verdict.of(TWO, answers(new Reply.Rated(-1, null), new Reply.Rated(1, null))).chosen());
    assertNull(Verdict.of(TWO, answers(new Reply.Skipped(""))).answer());
    assertNull(Verdict.of(List.of(Desk.draft("")), answers(new Reply.Edited("x"))).chosen(), "nothing was rejected where the model said nothing");
    assertNull(Verdict.of(TWO, answers(new Reply.Rated(1, "two"))).edited(), "an edit that changes nothing is none");
  }

  private static List<Answer> answers(Reply... replies) {
    List<Answer> answers = new ArrayList<>();
    for (Reply reply : replies) answers.add(new Answer(answers.size(), 1, answers.size(), reply, 0, 0, null, Instant.EPOCH));
    return answers;
  }
}

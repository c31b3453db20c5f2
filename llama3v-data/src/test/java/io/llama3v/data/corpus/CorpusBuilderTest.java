package io.llama3v.data.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusBuilderTest {
  @TempDir static Path dir;
  private static Path jars;
  private static Path corpus;
  private static JsonNode manifest;

  private static CorpusConfig config(Path output, int threads) {
    return new CorpusConfig(jars, output, 4, 32, 2, 4, 32, 130, 220, 20, 30, 44, 30, CorpusConfig.Reading.USUAL, 100, threads);
  }

  @BeforeAll
  static void build() throws IOException {
    jars = TinyJars.write(dir.resolve("jars"));
    corpus = dir.resolve("corpus");
    manifest = CorpusBuilder.build(config(corpus, 2), (what, done, total) -> { });
  }

  private static ShardIndex set(String path) throws IOException {
    return ShardIndex.open(corpus + "/" + path + "-[0-9]*.tar");
  }

  @Test
  void everySetHasWhatTheManifestSays() throws IOException {
    int sets = 0;
    for (var entry : manifest.get("sets").properties()) {
      try (ShardIndex index = set(entry.getKey())) {
        assertEquals(entry.getValue().get("samples").asLong(), index.size(), entry.getKey());
        assertEquals(index.size(), new HashSet<>(keys(index)).size(), "keys are unique");
        sets++;
      }
    }
    assertEquals(12, sets);
    List<String> lines = Files.readAllLines(corpus.resolve("text/train.txt"));
    assertEquals(manifest.at("/text/train").asInt(), lines.size());
    assertTrue(lines.size() > 500 && lines.stream().noneMatch(String::isBlank));
    assertTrue(Files.readString(corpus.resolve("LICENSES.md")).contains("CC-BY-4.0"));
    assertEquals("MIT License", Files.readString(corpus.resolve("licences/mdi.txt")));
  }

  private static List<String> keys(ShardIndex index) {
    return LongStream.range(0, index.size()).mapToObj(index::key).toList();
  }

  @Test
  void noHeldOutConceptIsSeenInTraining() throws IOException {
    Set<String> train = new HashSet<>();
    for (String path : List.of("icons/train", "scenes/train", "questions/train")) {
      train.addAll(wordSets(path));
    }
    assertTrue(train.size() > 250, "only " + train.size());
    for (String path : List.of("eval/concepts", "eval/questions", "eval/captions", "icons/validation")) {
      Set<String> heldOut = wordSets(path);
      assertFalse(heldOut.isEmpty());
      heldOut.retainAll(train);
      assertEquals(Set.of(), heldOut, path + " shows concepts that were trained on");
    }
    assertFalse(Set.copyOf(families("icons/train")).contains("font-awesome"));
    assertEquals(Set.of("font-awesome"), Set.copyOf(families("eval/family")));
  }

  /** Word sets of names, labels and aliases, found in the JSON of the samples. */
  private static Set<String> wordSets(String path) throws IOException {
    Set<String> keys = new HashSet<>();
    try (ShardIndex index = set(path)) {
      for (Sample sample : index.all()) {
        JsonNode json = sample.json();
        for (JsonNode icon : json.has("objects") ? json.get("objects") : List.of(json)) {
          keys.add(Labels.conceptKey(icon.get("label").asText()));
          keys.add(Labels.conceptKey(icon.get("icon").asText().split("/")[1]));
          icon.path("aliases").forEach(a -> keys.add(Labels.conceptKey(a.asText())));
        }
      }
    }
    return keys;
  }

  private static List<String> families(String path) throws IOException {
    try (ShardIndex index = set(path)) {
      List<String> families = new ArrayList<>();
      index.all().forEach(s -> families.add(s.json().get("family").asText()));
      return families;
    }
  }

  @Test
  void picturesShowWhatTheJsonSays() throws IOException {
    Map<String, Integer> layouts = new TreeMap<>();
    for (String path : List.of("scenes/train", "questions/train", "eval/questions")) {
      try (ShardIndex index = set(path)) {
        for (Sample sample : index.all()) {
          JsonNode json = sample.json();
          BufferedImage image = ImageIO.read(new ByteArrayInputStream(sample.image()));
          layouts.merge(json.get("layout").asText(), 1, Integer::sum);
          assertEquals(json.get("width").asInt(), image.getWidth());
          assertEquals(json.get("height").asInt(), image.getHeight());
          assertTrue(image.getWidth() % 32 == 0 && image.getHeight() % 32 == 0
              && image.getWidth() * image.getHeight() <= 4 * 32 * 32, "at most four tiles");
          assertEquals(sample.text(), json.get("caption").asText());
          for (JsonNode object : json.get("objects")) {
            checkObject(sample.key(), image, object, sample.text());
          }
          if (json.has("text")) {
            assertTrue(shows(image, json.get("text")), sample.key());
          }
        }
      }
    }
    assertEquals(Set.of("single", "corners", "sides", "stack", "row", "column", "group", "mixed", "text"), layouts.keySet());
  }

  private static void checkObject(String key, BufferedImage image, JsonNode object, String caption) {
    JsonNode box = object.get("box");
    double x = (box.get(0).asInt() + box.get(2).asInt()) / 2.0 / image.getWidth();
    double y = (box.get(1).asInt() + box.get(3).asInt()) / 2.0 / image.getHeight();
    String place = object.get("place").asText();
    assertTrue(!place.contains("left") || x < 0.5, key);
    assertTrue(!place.contains("right") || x > 0.5, key);
    assertTrue(!place.contains("top") || y < 0.5, key);
    assertTrue(!place.contains("bottom") || y > 0.5, key);
    assertTrue(caption.contains(object.get("label").asText()) && caption.contains(place), key + ": " + caption);
    assertTrue(shows(image, object), key + " shows no " + object.get("colour"));
  }

  /** Whether the box lies inside the picture and holds a pixel of the colour. */
  private static boolean shows(BufferedImage image, JsonNode thing) {
    NamedColour colour = NamedColour.valueOf(thing.get("colour").asText().toUpperCase(Locale.ROOT));
    JsonNode box = thing.get("box");
    if (box.get(2).asInt() - box.get(0).asInt() < 12 || box.get(3).asInt() - box.get(1).asInt() < 12) {
      return true; // thin strokes this small are all edge, blended with the background
    }
    for (int y = box.get(1).asInt(); y < box.get(3).asInt(); y++) {
      for (int x = box.get(0).asInt(); x < box.get(2).asInt(); x++) {
        if (colour.contains(image.getRGB(x, y))) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void heldOutAnswersAreBalancedAndKindsEqual() throws IOException {
    Map<String, Map<String, Integer>> answers = new HashMap<>();
    try (ShardIndex index = set("eval/questions")) {
      for (Sample sample : index.all()) {
        JsonNode all = sample.json().get("conversations");
        assertEquals(1, all.size());
        answers.computeIfAbsent(all.get(0).get("kind").asText(), k -> new TreeMap<>())
            .merge(all.get(0).get("answer").asText(), 1, Integer::sum);
      }
    }
    assertEquals(Set.of("what", "colour", "corner", "count", "read"), answers.keySet());
    assertEquals(11, answers.get("colour").size());
    assertEquals(Set.of(4), Set.copyOf(answers.get("colour").values()));
    assertEquals(Map.of("top left", 11, "top right", 11, "bottom left", 11, "bottom right", 11), answers.get("corner"));
    assertEquals(Map.of("one", 11, "two", 11, "three", 11, "four", 11), answers.get("count"));
  }

  @Test
  void answersAgreeWithTheScene() throws IOException {
    try (ShardIndex index = set("questions/train")) {
      for (Sample sample : index.all()) {
        JsonNode objects = sample.json().get("objects");
        for (JsonNode q : sample.json().get("conversations")) {
          String question = q.get("question").asText();
          String answer = q.get("answer").asText();
          switch (q.get("kind").asText()) {
            case "count" -> assertEquals(Phrases.number(objects.size()), answer);
            case "read" -> assertEquals(sample.json().at("/text/text").asText(), answer);
            case "corner", "colour" -> {
              String field = q.get("kind").asText().equals("corner") ? "place" : "colour";
              List<String> fitting = new ArrayList<>();
              objects.forEach(o -> {
                if (objects.size() == 1 || question.contains(" " + o.get("label").asText())) {
                  fitting.add(o.get(field).asText());
                }
              });
              assertEquals(objects.isEmpty() ? List.of() : List.of(answer), fitting, sample.key() + " " + question);
            }
            default -> {
              assertTrue(objects.size() == 1 || question.contains("corner"), question);
              boolean found = false;
              for (JsonNode o : objects) {
                found |= o.get("label").asText().equals(answer)
                    && (objects.size() == 1 || question.contains(o.get("place").asText()));
              }
              assertTrue(found, sample.key());
            }
          }
        }
      }
    }
  }

  @Test
  void retrievalCandidatesAreDistinctAndNameNoColour() throws IOException {
    for (String path : List.of("eval/concepts", "eval/family")) {
      try (ShardIndex index = set(path)) {
        Set<String> names = new HashSet<>();
        for (Sample sample : index.all()) {
          JsonNode json = sample.json();
          assertTrue(names.add(json.get("names").asText()));
          assertTrue(json.get("names").asText().startsWith(json.get("label").asText()));
          assertFalse(json.get("names").asText().contains(json.get("colour").asText()));
          assertNotEquals("acme", json.get("label").asText(), "no logos");
        }
        assertTrue(names.size() >= 20, path + " has " + names.size());
      }
    }
  }

  @Test
  void sameBytesWithOtherThreadsAndNothingDoneTwice() throws IOException {
    Path again = dir.resolve("again");
    CorpusBuilder.build(config(again, 1), (what, done, total) -> { });
    try (var files = Files.walk(corpus)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again.resolve(corpus.relativize(file))), file.toString());
      }
    }
    Path shard = again.resolve("eval/family-000000.tar");
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(shard, old);
    CorpusBuilder.build(config(again, 2), (what, done, total) -> { });
    assertEquals(old, Files.getLastModifiedTime(shard), "was up to date");
    Files.delete(again.resolve("icons/train-000000.tar"));
    CorpusBuilder.build(config(again, 2), (what, done, total) -> { });
    assertNotEquals(old, Files.getLastModifiedTime(shard), "a missing shard makes it anew");
    assertTrue(Files.exists(again.resolve("icons/train-000000.tar")));
  }

  @Test
  void refusesFoldersThatAreNotItsOwnAndNamesMissingJars() throws IOException {
    Path foreign = Files.createDirectories(dir.resolve("foreign"));
    Files.writeString(foreign.resolve("thesis.tex"), "x");
    assertThrows(CorpusException.class, () -> CorpusBuilder.build(config(foreign, 1), (what, done, total) -> { }));
    assertTrue(Files.exists(foreign.resolve("thesis.tex")));
    Path empty = Files.createDirectories(dir.resolve("nojars"));
    CorpusConfig missing = new CorpusConfig(empty, dir.resolve("out"), 1, 32, 1, 4, 32, 1, 1, 1, 1, 1, 1, CorpusConfig.Reading.USUAL, 1, 1);
    CorpusException e = assertThrows(CorpusException.class,
        () -> CorpusBuilder.build(missing, (what, done, total) -> { }));
    assertTrue(e.getMessage().contains("mvn dependency:copy -Dartifact=org.webjars.npm:mdi__svg:5.2.45"), e.getMessage());
  }

  @Test
  void signsAreReadAndWordsThatAreHeldOutAreNeverSpelled() throws IOException {
    Path output = dir.resolve("signs");
    CorpusBuilder.build(new CorpusConfig(jars, output, 4, 32, 1, 4, 64, 10, 50, 5, 5, 200, 5, new CorpusConfig.Reading(300, 7, true), 100, 2),
        (what, done, total) -> { });
    Set<String> shown = new HashSet<>();
    try (ShardIndex words = ShardIndex.open(output + "/words/train-[0-9]*.tar");
        ShardIndex letters = ShardIndex.open(output + "/letters/train-[0-9]*.tar")) {
      assertEquals(300, words.size());
      assertEquals(300, letters.size());
      for (Sample sample : words.all()) {
        JsonNode turn = sample.json().get("conversations").get(0);
        assertEquals("read", turn.get("kind").asText());
        assertTrue(turn.get("answer").asText().matches("[A-Z]{1,7}"), turn.toString());
        shown.add(turn.get("answer").asText());
      }
      for (Sample sample : letters.all()) {
        String caption = sample.json().get("captions").get(1).asText();
        assertTrue(caption.matches("the word \"[A-Z]{1,3}\""), caption);
        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(sample.member("png").orElseThrow()));
        assertEquals(64, picture.getWidth());
        assertTrue((picture.getRGB(0, 0) & 0xff) < 40, "a dark ground");
        shown.add(caption.substring(10, caption.length() - 1));
      }
    }
    assertTrue(shown.stream().anyMatch(word -> word.length() == 1) && shown.stream().anyMatch(word -> word.length() == 7));
    int held = 0;
    try (ShardIndex questions = ShardIndex.open(output + "/eval/questions-[0-9]*.tar")) {
      for (Sample sample : questions.all()) {
        JsonNode turn = sample.json().get("conversations").get(0);
        if (turn.get("kind").asText().equals("read")) {
          held++;
          assertFalse(shown.contains(turn.get("answer").asText()), turn.toString());
        }
      }
    }
    assertEquals(200, held);
  }

  /** Builds in a process of its own, and says so at every report of progress. */
  public static void main(String[] args) throws IOException {
    jars = Path.of(args[0]);
    CorpusBuilder.build(config(Path.of(args[1]), 2), (what, done, total) -> System.out.println(what));
  }

  @Test
  void aBuildThatIsKilledIsMadeAnewAndTheSame() throws IOException, InterruptedException {
    Path killed = dir.resolve("killed");
    // After so many reports of progress: in the icons, among the training sets, and near the end.
    for (int reports : new int[] {1, 14, 30}) {
      Process build = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), CorpusBuilderTest.class.getName(),
          jars.toString(), killed.toString()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      BufferedReader said = build.inputReader();
      for (int i = 0; i < reports && said.readLine() != null; i++) continue;
      build.destroyForcibly();
      build.waitFor();
    }
    CorpusBuilder.build(config(killed, 2), (what, done, total) -> { });
    assertEquals(files(corpus), files(killed));
    for (String file : files(corpus)) assertArrayEquals(Files.readAllBytes(corpus.resolve(file)), Files.readAllBytes(killed.resolve(file)), file);
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(file -> folder.relativize(file).toString()).sorted().toList();
    }
  }
}

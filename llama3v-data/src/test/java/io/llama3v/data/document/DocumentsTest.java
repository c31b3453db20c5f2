package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.corpus.PngWriter;
import io.llama3v.data.corpus.SampleJson;
import io.llama3v.data.document.build.Documents;
import io.llama3v.data.document.build.DocumentsConfig;
import io.llama3v.data.document.grounding.BoxText;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {
  private static final String TABLE = "| fish | weight |\n| --- | ---: |\n| trout | 12 |\n| perch | 7 |";
  @TempDir
  private Path folder;

  private Path sources() throws IOException {
    Path in = Files.createDirectories(folder.resolve("in"));
    Files.writeString(in.resolve("a.html"), "<h1>Morning boats</h1><p style='background:#00ff00'>Three <b>boats</b> left the harbour.</p><p>Nobody minded.</p>");
    Files.writeString(in.resolve("b.md"), "# Fish\n\nCaught in *June*.\n\n" + TABLE + "\n");
    Files.writeString(in.resolve("c.tex"), "\\[ a^2 + b^2 = c^2 \\]\n\\[ \\newcommand{\\x}{\\x\\x}\\x \\]\n");
    Files.writeString(in.resolve("d.pdf"), "no PDF");
    return in;
  }

  private Path scenes() throws IOException {
    try (PngWriter png = new PngWriter(); TarShardWriter writer = new TarShardWriter(folder.resolve("scenes"), "train", 10, 1 << 20)) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.putArray("objects").addObject().put("label", "house").put("colour", "red").set("box", SampleJson.box(new int[] {4, 6, 40, 50}));
      writer.write(SampleJson.sample("scene-1", png.encode(RgbImage.filled(64, 64, 0xffffff)), "a red house", json));
      json.withArray("objects").addObject().put("label", "house").put("colour", "red").set("box", SampleJson.box(new int[] {44, 6, 60, 50}));
      writer.write(SampleJson.sample("scene-2", png.encode(RgbImage.filled(64, 64, 0xffffff)), "two red houses", json));
    }
    return folder.resolve("scenes/train-*.tar");
  }

  private DocumentsConfig config(String output, String more) throws IOException {
    return ConfigLoader.parse("output: " + folder.resolve(output) + "\nseed: 3\nfonts: bundled\npicture: {width: 300, height: 240}\nsources: [" + sources() + "]\n"
        + "charts: 7\nscenes: " + scenes() + "\nshard_samples: 5\n" + more, "test.yaml", DocumentsConfig.class, List.of());
  }

  private List<Sample> read(String output, String set) throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (ShardIndex index = ShardIndex.open(folder.resolve(output) + "/" + set + "-*.tar")) {
      index.all().forEach(samples::add);
    }
    return samples;
  }

  @Test
  void everySetIsMadeAndWhatCannotBeUsedIsCounted() throws IOException {
    Path killed = Files.createDirectories(folder.resolve("out")).resolve(".charts-000000.tar.tmp-123-abc");
    Files.createFile(folder.resolve("out/.llama3v-documents"));
    Files.writeString(killed, "what a killed run left");
    Documents.Summary summary = Documents.build(config("out", ""), (what, done, total) -> { });
    assertFalse(Files.exists(killed));
    assertEquals(Map.of("broken", 1, "refused", 1), summary.skipped());
    assertEquals(7, summary.samples().get("charts"));
    assertEquals(2, summary.shards().get("charts"));
    String skipped = Files.readString(folder.resolve("out/skipped.jsonl"));
    assertTrue(skipped.contains("d.pdf") && skipped.contains("c.tex:2"), skipped);

    List<Sample> documents = read("out", "documents");
    assertEquals(List.of("Morning boats\nThree boats left the harbour.\nNobody minded.", TABLE, "# Fish\n\nCaught in *June*.\n\n" + TABLE, "a^2 + b^2 = c^2"),
        documents.stream().map(Sample::text).toList());
    for (Sample sample : documents) {
      assertEquals(sample.text(), sample.json().path("conversations").path(0).path("answer").asText());
      RgbImage image = ImageDecoder.decode(sample.image(), sample.key());
      assertEquals(sample.json().path("width").asInt(), image.width());
      assertEquals(sample.json().path("height").asInt(), image.height());
    }
    for (Sample chart : read("out", "charts")) {
      assertTrue(chart.text().startsWith("| " + chart.json().path("data").path("row_name").asText() + " |"), chart.text());
    }
  }

  @Test
  void codeIsThatOfTheFramedElement() throws IOException {
    Documents.build(config("out", "code: 9\n"), (what, done, total) -> { });
    List<Sample> code = read("out", "code");
    Sample green = code.stream().filter(s -> s.text().contains("#00ff00")).findFirst().orElseThrow();
    assertEquals("<p style=\"background:#00ff00\">Three <b>boats</b> left the harbour.</p>", green.text());
    RgbImage image = ImageDecoder.decode(green.image(), green.key());
    Box box = Box.of(green.json().path("box"));
    assertEquals(box, Pixels.around(image, p -> p == 0x00ff00)); // the element fills its box
    int frame = Map.of("red", 0xe60000, "blue", 0x0044dd, "green", 0x008a1c, "magenta", 0xd400b8).get(green.json().path("colour").asText());
    assertEquals(new Box(box.left() - 2, box.top() - 2, box.right() + 2, box.bottom() + 2), Pixels.around(image, p -> p == frame));
    assertEquals(4, code.size(), code.toString()); // h1, p, b and p
  }

  @Test
  void scenesAreGroundedWhereNamesPointAtOneThing() throws IOException {
    DocumentsConfig config = config("out", "");
    Documents.build(config, (what, done, total) -> { });
    List<Sample> scenes = read("out", "grounding").stream().filter(s -> s.json().path("source").asText().startsWith("scene-")).toList();
    assertEquals(1, scenes.size(), "two red houses cannot be told apart");
    JsonNode turn = scenes.get(0).json().path("conversations").path(0);
    BoxText text = config.box();
    String where = turn.path("kind").asText().equals("where") ? turn.path("answer").asText() : turn.path("question").asText();
    assertEquals(new Box(4, 6, 40, 50), text.read(where).get(0).on(64, 64));
    assertTrue((turn.path("question").asText() + turn.path("answer").asText()).contains("red house"));
    Sample marks = read("out", "marks").stream().filter(s -> s.json().path("source").asText().startsWith("scene-")).findFirst().orElseThrow();
    assertTrue(Pixels.count(ImageDecoder.decode(marks.image(), "marks"), p -> p != 0xffffff) > 50);
  }

  @Test
  void theSameConfigurationGivesTheSameBytesOnAnyNumberOfThreads() throws IOException {
    Documents.build(config("one", "threads: 1\n"), (what, done, total) -> { });
    Documents.build(config("two", "threads: 4\n"), (what, done, total) -> { });
    Documents.build(config("two", "threads: 3\n"), (what, done, total) -> { }); // into a folder that is in use
    List<Path> files;
    try (var all = Files.list(folder.resolve("one"))) {
      files = all.filter(p -> p.toString().endsWith(".tar") || p.toString().endsWith(".jsonl")).sorted().toList();
    }
    assertTrue(files.size() > 6, files.toString());
    for (Path file : files) assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(folder.resolve("two").resolve(file.getFileName())), file.toString());
    Documents.build(config("three", "grounding: 0\n"), (what, done, total) -> { });
    assertFalse(Files.exists(folder.resolve("three/marks-000000.tar")));
  }

  @Test
  void captionsInsteadOfConversations() throws IOException {
    Documents.build(config("out", "conversations: false\n"), (what, done, total) -> { });
    JsonNode json = read("out", "documents").get(0).json();
    assertFalse(json.has("conversations"));
    assertEquals(json.path("caption").asText(), json.path("captions").path(0).asText());
  }

  @Test
  void foldersThatHoldSomethingElseAndSourcesThatAreNotThereAreRefused() throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("mine")).resolve("diary.txt"), "x");
    DocumentsConfig other = config("mine", "");
    assertThrows(DocumentException.class, () -> Documents.build(other, (what, done, total) -> { }));
    assertTrue(Files.exists(folder.resolve("mine/diary.txt")));
    DocumentsConfig absent = ConfigLoader.parse("output: " + folder.resolve("x") + "\nsources: [nowhere/*.html]\n", "t", DocumentsConfig.class, List.of());
    assertTrue(assertThrows(NoSuchFileException.class, () -> Documents.build(absent, (what, done, total) -> { })).getMessage().contains("nowhere"));
    assertThrows(ConfigException.class, () -> ConfigLoader.parse("output: x\n", "t", DocumentsConfig.class, List.of()));
    assertThrows(ConfigException.class, () -> ConfigLoader.parse("output: x\ncharts: 3\npicture: {width: 99999}\n", "t", DocumentsConfig.class, List.of()));
  }
}

package io.llama3v.data.convert.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.ConversationSink;
import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.Converter;
import io.llama3v.data.convert.Converter.MissingPictures;
import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.convert.ConvertReport;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.PictureLoader;
import io.llama3v.data.convert.Truth;
import io.llama3v.io.Json;
import io.llama3v.text.Content;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExchangeTest {
  private static final byte[] PNG = Base64.getDecoder().decode(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
  private static final byte[] GIF = Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

  @TempDir
  Path folder;
  private Path images;

  @BeforeEach
  void pictures() throws IOException {
    images = Files.createDirectories(folder.resolve("images/sub"));
    Files.write(images.resolve("a.png"), PNG);
    Files.write(images.resolve("b.png"), GIF); // names are not trusted
    images = images.getParent();
  }

  private static final Conversation PLAIN = new Conversation("one", "set", List.of(new Picture.Named("sub/a.png")),
      List.of(Message.user("What is it?", 1), Message.assistant("A \"dot\".\nRed?"), Message.user("Sure?"), Message.assistant("Yes.")),
      List.of(new Truth("17", 0, Metric.VQA_ACCURACY, "What is it?", List.of("dot", "a dot"), List.of(), "other", false),
          new Truth("18", 2, Metric.MULTIPLE_CHOICE, "Sure?", List.of("B"), List.of("no", "yes"), "", true)));
  private static final Conversation MIXED = new Conversation("two", "", List.of(new Picture.Named("sub/a.png"), new Picture.Named("sub/b.png")),
      List.of(Message.system("Be kind."), new Message(Role.USER, List.of(new Content.Text("Compare"), new Content.Image(), new Content.Text("with"),
          new Content.Image(), new Content.Text("please."))), Message.assistant("Done.")), List.of());
  private static final Conversation WORDS = new Conversation("three", "", List.of(), List.of(Message.user("Hello"), Message.assistant("Hi")), List.of());

  private static ConversationSource source(List<Conversation> all) {
    Iterator<Conversation> it = all.iterator();
    return new ConversationSource() {
      @Override
      public Conversation next() {
        return it.hasNext() ? it.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  private ConvertReport convert(List<Conversation> all, ConversationSink sink, MissingPictures missing) throws IOException {
    try (sink) {
      return Converter.convert(source(all), new PictureLoader(images), sink, missing, Long.MAX_VALUE, n -> { });
    }
  }

  private static List<Conversation> all(ConversationSource source) throws IOException {
    List<Conversation> all = new ArrayList<>();
    try (source) {
      for (Conversation c = source.next(); c != null; c = source.next()) all.add(c);
    }
    return all;
  }

  /** What a format keeps: messages and the pictures' bytes, and ids where it has them. */
  private void same(List<Conversation> expected, List<Conversation> found, Path root, boolean ids) throws IOException {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).messages(), found.get(i).messages());
      if (ids) assertEquals(expected.get(i).id(), found.get(i).id());
      var before = new PictureLoader(images).load(expected.get(i));
      var after = new PictureLoader(root).load(found.get(i));
      assertEquals(before.size(), after.size());
      for (int p = 0; p < before.size(); p++) assertArrayEquals(before.get(p).bytes(), after.get(p).bytes());
    }
  }

  @Test
  void everyFormatGivesBackWhatItWasGiven() throws IOException {
    List<Conversation> all = List.of(PLAIN, MIXED, WORDS);
    Map<String, ConversationFormat> formats = Map.of("own.jsonl", ConversationFormat.own(), "llava.json", FromValueFormat.LLAVA,
        "share.json", FromValueFormat.SHAREGPT, "open.jsonl", new OpenAiFormat());
    for (Map.Entry<String, ConversationFormat> e : formats.entrySet()) {
      Path out = folder.resolve("out-" + e.getKey());
      ConvertReport report = convert(all, new JsonSink(out, e.getKey(), e.getValue(), false), MissingPictures.RAISE);
      assertEquals(new ConvertReport(3, 4, 3, Map.of(), List.of(), Map.of()), report);
      same(all, all(JsonConversations.open(out.resolve(e.getKey()), e.getValue())), out, !e.getKey().startsWith("open"));
    }
    List<Conversation> own = all(JsonConversations.open(folder.resolve("out-own.jsonl/own.jsonl"), ConversationFormat.own()));
    assertEquals(PLAIN.truths(), own.get(0).truths());
    assertEquals("set", own.get(0).source());
  }

  @Test
  void dataSetsInOneFolderKeepTheirPicturesApart() throws IOException {
    Path out = folder.resolve("shared");
    byte[] first = Files.readAllBytes(images.resolve("sub/a.png"));
    convert(List.of(MIXED), new JsonSink(out, "first.json", FromValueFormat.LLAVA, false), MissingPictures.RAISE);
    byte[] other = Files.readAllBytes(images.resolve("sub/b.png"));
    Files.delete(images.resolve("sub/a.png")); // another data set, with another picture of that name
    Files.write(images.resolve("sub/a.png"), other);
    convert(List.of(MIXED), new JsonSink(out, "second.json", FromValueFormat.LLAVA, false), MissingPictures.RAISE);
    for (String file : List.of("first.json", "second.json")) {
      Conversation read = all(JsonConversations.open(out.resolve(file), FromValueFormat.LLAVA)).get(0);
      assertArrayEquals(file.startsWith("first") ? first : other, new PictureLoader(out).load(read).get(0).bytes(), file);
    }
  }

  @Test
  void picturesCanBeInsideOpenAisLines() throws IOException {
    Path out = folder.resolve("embedded");
    convert(List.of(PLAIN, MIXED), new JsonSink(out, "c.jsonl", new OpenAiFormat(), true), MissingPictures.RAISE);
    assertFalse(Files.exists(out.resolve("images")));
    String first = Files.readAllLines(out.resolve("c.jsonl")).get(0);
    assertTrue(first.startsWith("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,iVBOR"), first);
    same(List.of(PLAIN, MIXED), all(JsonConversations.open(out.resolve("c.jsonl"), new OpenAiFormat())), null, false);
  }

  @Test
  void shardsKeepEverything() throws IOException {
    Path out = folder.resolve("tar");
    convert(List.of(PLAIN, MIXED, WORDS), new TarSink(out, 2, 1 << 20), MissingPictures.RAISE);
    assertTrue(Files.exists(out.resolve("conversations-000001.tar")));
    List<Conversation> found = all(SampleConversations.open(out + "/conversations-*.tar"));
    same(List.of(PLAIN, MIXED, WORDS), found, null, true);
    assertEquals(PLAIN.truths(), found.get(0).truths());
    assertEquals("two.1.gif", found.get(1).pictures().get(1).name());
  }

  @Test
  void idsThatComeTwiceBecomeDifferentSamples() throws IOException {
    Path out = folder.resolve("twice");
    convert(List.of(PLAIN, WORDS, PLAIN, PLAIN), new TarSink(out, 10, 1 << 20), MissingPictures.RAISE);
    List<Conversation> found = all(SampleConversations.open(out + "/conversations-*.tar"));
    assertEquals(4, found.size());
    assertEquals(4, found.stream().flatMap(c -> c.pictures().isEmpty() ? Stream.of("-") : c.pictures().stream().map(Picture::name)).distinct().count());
    assertEquals(List.of("one", "three", "one", "one"), found.stream().map(Conversation::id).toList());
    UniqueKeys keys = new UniqueKeys();
    Set<String> given = new HashSet<>();
    for (int i = 0; i < 10_000; i++) assertTrue(given.add(keys.of("k" + i % 5000)));
    assertTrue(given.contains("k4999"));
  }

  @Test
  void llavaAsItsAuthorsWriteIt() throws IOException {
    Path f = Files.writeString(folder.resolve("l.json"), "[{\"id\": \"000000033471\", \"image\": \"sub/a.png\", \"conversations\": ["
        + "{\"from\": \"human\", \"value\": \"<image>\\nWhat are the colors?\"}, {\"from\": \"gpt\", \"value\": \"Red.\"}]},\n"
        + "{\"id\": 5, \"image\": \"sub/a.png\", \"conversations\": [{\"from\": \"human\", \"value\": \"What is it?\\n<image>\"}, {\"from\": \"gpt\", \"value\": \"A\"}]},"
        + "{\"id\": \"x\", \"image\": \"sub/a.png\", \"conversations\": [{\"from\": \"human\", \"value\": \"No mark\"}, {\"from\": \"gpt\", \"value\": \"A\"}]}]");
    List<Conversation> all = all(JsonConversations.open(f, FromValueFormat.LLAVA));
    assertEquals(Message.user("What are the colors?", 1), all.get(0).messages().get(0));
    assertEquals(new Message(Role.USER, List.of(new Content.Text("What is it?"), new Content.Image())), all.get(1).messages().get(0));
    assertEquals("5", all.get(1).id());
    assertEquals(Message.user("No mark", 1), all.get(2).messages().get(0));
    assertEquals("{\"id\":\"one\",\"image\":\"p.png\",\"conversations\":[{\"from\":\"human\",\"value\":\"<image>\\nWhat is it?\"},"
        + "{\"from\":\"gpt\",\"value\":\"A \\\"dot\\\".\\nRed?\"},{\"from\":\"human\",\"value\":\"Sure?\"},{\"from\":\"gpt\",\"value\":\"Yes.\"}]}",
        Json.write(FromValueFormat.LLAVA.write(PLAIN, List.of("p.png"))));
  }

  @Test
  void shareGptHasItsSystemBesideTheTurnsAndOtherNames() throws IOException {
    Path f = Files.writeString(folder.resolve("s.jsonl"), "\n{\"system\": \"Be brief.\", \"images\": [\"sub/a.png\"], \"conversations\": "
        + "[{\"from\": \"user\", \"value\": \"<image>Hi\"}, {\"from\": \"assistant\", \"value\": \"Ho\"}]}\n");
    Conversation c = all(JsonConversations.open(f, FromValueFormat.SHAREGPT)).get(0);
    assertEquals(List.of(Message.system("Be brief."), Message.user("Hi", 1), Message.assistant("Ho")), c.messages());
    assertEquals("s-000000000", c.id());
  }

  @Test
  void mistakesAreToldWithLineAndPlace() throws IOException {
    Path f = folder.resolve("bad.json");
    Files.writeString(f, "[{\"id\": \"a\",\n\"conversations\": [{\"from\": \"tool\", \"value\": \"x\"}]}]");
    String role = assertThrows(ConvertException.class, () -> all(JsonConversations.open(f, FromValueFormat.LLAVA))).getMessage();
    assertTrue(role.startsWith(f + ":1 (/0/conversations/0/from): expected human"), role);
    Files.writeString(f, "[{\"image\": \"a.png\", \"conversations\": [{\"from\": \"human\", \"value\": \"<image> <image>\"}]}]");
    String count = assertThrows(ConvertException.class, () -> all(JsonConversations.open(f, FromValueFormat.LLAVA))).getMessage();
    assertTrue(count.contains("(/0)") && count.contains("show 2 pictures, and 1"), count);
    Files.writeString(f, "\n{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {\"url\": \"data:image/png;base64,?\"}}]}]}");
    String url = assertThrows(ConvertException.class, () -> all(JsonConversations.open(f, new OpenAiFormat()))).getMessage();
    assertTrue(url.startsWith(f + ":2 (/messages/0/content/0/image_url/url): not base64"), url);
    Conversation literal = new Conversation("x", "", List.of(), List.of(Message.user("the tag <image>")), List.of());
    assertThrows(ConvertException.class, () -> FromValueFormat.LLAVA.write(literal, List.of()));
  }

  @Test
  void picturesOutsideTheFolderAreNeverRead() throws IOException {
    Files.write(folder.resolve("secret.png"), PNG);
    Files.createSymbolicLink(images.resolve("link.png"), folder.resolve("secret.png"));
    Files.writeString(images.resolve("text.png"), "no picture");
    Map<String, String> reasons = Map.of("../secret.png", "picture-outside", folder.resolve("secret.png").toString(), "picture-outside", "link.png",
        "picture-outside", "sub/../../secret.png", "picture-outside", "none.png", "picture-missing", "text.png", "no-picture",
        "https://example.org/a.png", "picture-remote", "sub", "picture-missing");
    for (Map.Entry<String, String> e : reasons.entrySet()) {
      Conversation c = new Conversation("c", "", List.of(new Picture.Named(e.getKey())), List.of(Message.user("x", 1)), List.of());
      ConvertReport report = convert(List.of(c, WORDS), new TarSink(folder.resolve("t" + e.getValue() + e.getKey().length()), 10, 1 << 20), MissingPictures.SKIP);
      assertEquals(Map.of(e.getValue(), 1L), report.skipped(), e.getKey());
      assertEquals(1, report.conversations());
      Path raised = folder.resolve("raised");
      String message = assertThrows(ConvertException.class, () -> convert(List.of(WORDS, c), new TarSink(raised, 10, 1 << 20), MissingPictures.RAISE)).getMessage();
      assertTrue(message.startsWith("c: ") && message.contains("--missing skip"), message);
      try (var left = Files.list(raised)) {
        assertEquals(0, left.count(), "nothing half is left behind");
      }
    }
  }

  @Test
  void alternativesAreTriedInOrder() throws IOException {
    Picture.Named p = new Picture.Named("a.png", List.of("x/a.png", "sub/a.png"));
    assertArrayEquals(PNG, new PictureLoader(images).load(new Conversation("c", "", List.of(p), List.of(Message.user("x", 1)), List.of())).get(0).bytes());
    assertNull(new PictureLoader(null).load(WORDS).stream().findFirst().orElse(null));
  }
}

package io.llama3v.data.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.convert.Converter.MissingPictures;
import io.llama3v.data.convert.exchange.SampleConversations;
import io.llama3v.data.convert.exchange.TarSink;
import io.llama3v.data.convert.source.TextVqa;
import io.llama3v.data.convert.text.Templates;
import io.llama3v.data.convert.text.Wordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of docs/guide/conversations.md. */
class ConversationsGuideTest {
  private static String guide() throws IOException {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(at.resolve("docs/guide/conversations.md"))) at = at.getParent();
    return Files.readString(at.resolve("docs/guide/conversations.md"));
  }

  @Test
  void theTemplatesOfTheGuideLoadAndFill() throws IOException {
    Matcher m = Pattern.compile("```yaml\n(short_answer:.*?)```", Pattern.DOTALL).matcher(guide());
    assertTrue(m.find());
    Templates own = ConfigLoader.parse(m.group(1), "guide", Templates.class, List.of());
    assertEquals("Describe the picture.", own.render(new Task.Caption(List.of("A dog.")), 0, "k").question());
    assertEquals("Which?\nA. x\nB. y", own.render(new Task.Choice("Which?", null, List.of("x", "y"), 1, null), 0, "k").question());
  }

  @Test
  void theJavaOfTheGuideRuns(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("TextVQA_0.5.1_train.json"), "{\"data\": [{\"question_id\": 1, \"image_id\": \"ab\", \"question\": \"Brand?\", "
        + "\"answers\": [\"nikon\"]}, {\"question_id\": 2, \"image_id\": \"gone\", \"question\": \"Brand?\", \"answers\": [\"nikon\"]}]}");
    Path images = Files.createDirectories(folder.resolve("train_images"));
    Files.write(images.resolve("ab.jpg"), Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"));
    Path data = folder.resolve("data");
    ConvertReport report;
    try (ExampleSource set = TextVqa.open(file);
         ConversationSource conversations = new ExampleConversations(set, Wordings.varied(Templates.standard(), 0), new ExampleConversations.Options());
         ConversationSink out = new TarSink(data, 1000, 1L << 30)) {
      report = Converter.convert(conversations, new PictureLoader(images), out, MissingPictures.SKIP, Long.MAX_VALUE, n -> { });
    }
    assertEquals(new ConvertReport(1, 1, 1, Map.of("picture-missing", 1L), report.examples(), Map.of("examples", 2L)), report);
    assertTrue(report.examples().get(0).startsWith("textvqa-2: "));
    try (SampleConversations read = SampleConversations.open(data + "/conversations-*.tar")) {
      assertEquals("textvqa-1", read.next().id());
    }
  }
}

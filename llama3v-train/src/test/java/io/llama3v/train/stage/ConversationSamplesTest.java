package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.llama3v.data.sample.Sample;
import io.llama3v.text.BytePairTrainer;
import io.llama3v.text.ChatTemplate;
import io.llama3v.text.Content;
import io.llama3v.text.Encoded;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.cli.TinyModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fine-tuning on conversations that were converted: order, roles and several pictures. */
class ConversationSamplesTest {
  @TempDir
  Path folder;

  @Test
  void messagesKeepTheirOrderRolesAndPictures() throws IOException {
    new BytePairTrainer(270).train(List.of("a red car and a blue car")).save(folder);
    byte[] wide = Files.readAllBytes(TinyModels.picture(folder.resolve("a.png"), 32, 16));
    byte[] tall = Files.readAllBytes(TinyModels.picture(folder.resolve("b.png"), 16, 32));
    String json = "{\"messages\": [{\"role\": \"system\", \"content\": \"a\"}, {\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"and\"}, "
        + "{\"type\": \"image\"}, {\"type\": \"image\"}]}, {\"role\": \"assistant\", \"content\": \"red\"}, {\"role\": \"user\", \"content\": \"car\"}, "
        + "{\"role\": \"assistant\", \"content\": \"blue\"}]}";
    Sample sample = new Sample("k", Map.of("png", wide, "1.png", tall, "json", json.getBytes(StandardCharsets.UTF_8)));
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      PictureSamples samples = new PictureSamples(tokenizer, 16, 4, 200);
      Encoded expected = new ChatTemplate(tokenizer).encode(List.of(Message.system("a"),
          new Message(Role.USER, List.of(new Content.Text("and"), new Content.Image(), new Content.Image())), Message.assistant("red"), Message.user("car"),
          Message.assistant("blue")), false);
      for (long draw = 0; draw < 3; draw++) {
        VlmBatch.Item item = samples.any(sample, draw);
        assertEquals(Arrays.toString(expected.ids()), Arrays.toString(item.text().ids()));
        assertEquals(Arrays.toString(expected.labels()), Arrays.toString(item.text().labels()));
        assertEquals(2, item.images().size());
        VlmBatch.Item tuned = samples.talk(sample, draw);
        assertEquals(Arrays.toString(expected.ids()), Arrays.toString(tuned.text().ids()), "fine-tuning reads both forms of conversations");
      }
      VlmBatch batch = samples.collate(List.of(samples.any(sample, 0), samples.textOnly("red")));
      assertEquals(2, new VlmTask(null).images(batch), "two rows, two pictures in the first, none in the second");
      PictureSamples few = new PictureSamples(tokenizer, 16, 4, 3);
      assertThrows(IllegalArgumentException.class, () -> few.any(sample, 0));
    }
  }
}

package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.text.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The corpus as text: documents, and conversations without their pictures. */
final class TextSources {
  private TextSources() {}

  /** A question and its answer. */
  record Dialogue(String question, String answer) {
    List<Message> messages() {
      return List.of(Message.user(question), Message.assistant(answer));
    }
  }

  /** One document a line of a text file, each a sample with a {@code txt} member. */
  static SampleSource lines(Path file) throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      if (!line.isBlank()) samples.add(new Sample("line-" + samples.size(), Map.of("txt", line.getBytes(StandardCharsets.UTF_8))));
    }
    return SampleSource.of(samples);
  }

  /** The questions of a set, read once: they are small. */
  static List<Dialogue> dialogues(String pattern) throws IOException {
    List<Dialogue> found = new ArrayList<>();
    try (ShardIndex index = ShardIndex.open(pattern)) {
      for (Sample sample : index.all()) {
        for (JsonNode c : sample.json().path("conversations")) found.add(new Dialogue(c.path("question").asText(), c.path("answer").asText()));
      }
    }
    return found;
  }

  /** A dialogue with the words of the chat template's headers, so that a tokenizer trained on it knows them. */
  static String spelled(Dialogue d) {
    return "user\n\n" + d.question + "assistant\n\n" + d.answer;
  }
}

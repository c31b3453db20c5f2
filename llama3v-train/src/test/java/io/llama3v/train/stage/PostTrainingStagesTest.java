package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import io.llama3v.llama.Sampling;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.checkpoint.CheckpointException;
import io.llama3v.train.cli.TinyModels;
import io.llama3v.train.preference.Demonstration;
import io.llama3v.train.preference.JsonlSource;
import io.llama3v.train.preference.Preference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages after fine-tuning on a model with random weights and a corpus of twelve pictures. */
class PostTrainingStagesTest {
  private static final List<String> COLOURS = List.of("red", "blue", "green");
  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void make() throws IOException {
    run = folder.resolve("run");
    try (Backend backend = Backend.named("cpu")) {
      TinyModels.run(backend, run);
    }
    for (String set : List.of("train", "validation")) {
      try (TarShardWriter writer = new TarShardWriter(folder.resolve("corpus/questions"), set, 100, 1 << 24)) {
        for (int i = 0; i < 12; i++) {
          byte[] png = Files.readAllBytes(TinyModels.picture(folder.resolve("p.png"), 16 + i, 20));
          String json = "{\"conversations\": [{\"kind\": \"colour\", \"question\": \"What colour?\", \"answer\": \"" + COLOURS.get(i % 3)
              + "\"}, {\"kind\": \"count\", \"question\": \"How many?\", \"answer\": \"one\"}]}";
          writer.write(new Sample("%s%03d".formatted(set, i), Map.of("png", png, "json", json.getBytes(StandardCharsets.UTF_8))));
        }
      }
    }
  }

  private PipelineConfig config(String stages, String... more) throws IOException {
    Path file = folder.resolve("post.yaml");
    String training = "{steps: 4, batch_size: 4, micro_batch: 2, learning_rate: 2e-3, log_every: 1, checkpoint_every: 2}";
    Files.writeString(file, """
        run: %s
        seed: 3
        backend: cpu
        stages: [%s]
        corpus: {folder: %s}
        preferences: {pairs: 10, validation: 5}
        reward: {max_tokens: 64, training: %s}
        rejection: {max_tokens: 64, questions: 6, answers: 3, temperature: 0.05, answer_tokens: 4, pass_rate: 0.3}
        dpo: {max_tokens: 64, reference_every: 2, nll: 0.1, training: %s}
        quality: {max_tokens: 64, evaluate_every: 1, patience: 2, answer_tokens: 4, training: %s}
        """.formatted(run, stages, folder.resolve("corpus"), training, training, training));
    return ConfigLoader.load(file, PipelineConfig.class, List.of(more));
  }

  private String hash(String stage) throws IOException {
    return Digests.sha256(run.resolve(stage).resolve("model.safetensors"));
  }

  /** Takes a finished stage back to its checkpoint of step 2, as a kill after it leaves it. */
  private void kill(String stage) throws IOException {
    Path checkpoints = run.resolve(stage).resolve("checkpoints");
    AtomicFiles.deleteTree(checkpoints.resolve("step_4"));
    Files.writeString(checkpoints.resolve("latest"), "step_2\n");
    Files.delete(run.resolve(stage).resolve("done.json"));
    Files.delete(run.resolve(stage).resolve("model.safetensors"));
  }

  @Test
  void preferencesRewardAndDpo() throws IOException {
    PipelineConfig config = config("preferences, reward, dpo");
    Pipeline.of(config).run();
    Set<String> kinds = new HashSet<>();
    try (JsonlSource made = JsonlSource.open(List.of(run.resolve("preferences/train.jsonl")), Preference::read)) {
      assertEquals(10, made.size());
      for (int i = 0; i < 10; i++) {
        Preference p = Preference.read(made.line(i), "");
        kinds.add(made.line(i).path("kind").asText());
        int sample = Integer.parseInt(p.prompt().id().substring(5, 8));
        assertEquals(COLOURS.get(sample % 3), p.chosen());
        assertTrue(COLOURS.contains(p.rejected()) && !p.rejected().equals(p.chosen()), p.rejected());
        assertTrue(made.read(i).member("image.0").isPresent());
      }
    }
    assertEquals(Set.of("colour"), kinds, "'How many?' has one answer here, so that no other is wrong");
    assertTrue(Files.exists(run.resolve("reward/reward-head/model.safetensors")));
    JsonNode rows = Json.read(run.resolve("dpo/evaluation.json")).get(0).path("rows");
    assertEquals(List.of("before", "before", "after", "after"), List.of(rows.get(0).path("kind").asText(), rows.get(1).path("kind").asText(),
        rows.get(2).path("kind").asText(), rows.get(3).path("kind").asText()));
    String metrics = Files.readString(run.resolve("metrics.jsonl"));
    for (String name : List.of("reward/accuracy", "reward/mean", "dpo/margin")) assertTrue(metrics.contains("\"" + name + "\""), name);
    assertNotEquals(Digests.sha256(run.resolve("sft/soup/model.safetensors")), hash("dpo"));

    String dpo = hash("dpo");
    String reward = hash("reward");
    kill("dpo");
    kill("reward");
    Pipeline.of(config).run();
    assertEquals(reward, hash("reward"), "resumed bit for bit");
    assertEquals(dpo, hash("dpo"), "resumed bit for bit, the reference too");

    Files.delete(run.resolve("dpo/done.json"));
    AtomicFiles.deleteTree(run.resolve("dpo/checkpoints/step_4"));
    Files.writeString(run.resolve("dpo/checkpoints/latest"), "step_2\n");
    Path lines = run.resolve("preferences/train.jsonl");
    Files.writeString(lines, Files.readString(lines).replace("What colour?", "Which colour?"));
    String message = assertThrows(CheckpointException.class, () -> Pipeline.of(config("preferences, reward, dpo", "dpo.beta=0.3")).run()).getMessage();
    assertTrue(message.contains("dpo.beta was 0.1, is now 0.3") && message.contains("data was"), message);
  }

  @Test
  void rejectionSampling() throws IOException {
    // A model that knows nothing is right where the truth is what it says: so for three of six questions.
    Path file = folder.resolve("asked.jsonl");
    List<String> said = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    try (Backend backend = Backend.named("cpu"); Tokenizer tokenizer = Tokenizer.load(run.resolve("language-model"));
        VisionLanguageModel model = VisionLanguageModel.load(backend, run.resolve("sft/soup"))) {
      AnswerSamples samples = new AnswerSamples(model, tokenizer, 64);
      for (int i = 0; i < 6; i++) {
        TinyModels.picture(folder.resolve("asked-" + i + ".png"), 16, 16 + 3 * i);
        Files.writeString(file, "{\"id\": \"q" + i + "\", \"images\": [\"asked-" + i + ".png\"], \"question\": \"" + "ab".repeat(i + 1) + "?\", \"answer\": \"x\"}\n");
        try (JsonlSource one = JsonlSource.open(List.of(file), Demonstration::read)) {
          Demonstration d = Demonstration.read(one.line(0), "");
          said.add(PostTraining.generate(backend, model, samples, tokenizer, d.prompt(), samples.pictures(one.read(0)), 4, List.of(Sampling.GREEDY)).get(0));
          String truth = i % 2 == 0 && !said.get(i).isBlank() ? said.get(i) : "something else";
          lines.append(Json.write(new Demonstration(d.prompt(), truth).toJson())).append('\n');
        }
      }
    }
    Files.writeString(file, lines);
    PipelineConfig config = config("preferences, reward, rejection", "rejection.data=[" + file + "]");
    Pipeline.of(config).run();
    Path accepted = run.resolve("rejection/accepted.jsonl");
    try (JsonlSource kept = JsonlSource.open(List.of(accepted), Demonstration::read)) {
      assertTrue(kept.size() >= 1 && kept.size() <= 3, kept.size() + " kept");
      for (int i = 0; i < kept.size(); i++) {
        Demonstration d = Demonstration.read(kept.line(i), "");
        int number = Integer.parseInt(d.prompt().id().substring(1));
        assertEquals(0, number % 2);
        assertEquals(said.get(number).toLowerCase(Locale.ROOT), d.answer().toLowerCase(Locale.ROOT));
        assertEquals("../../asked-" + number + ".png", d.prompt().images().get(0));
        assertArrayEquals(Files.readAllBytes(folder.resolve("asked-" + number + ".png")), kept.read(i).member("image.0").orElseThrow());
      }
    }
    byte[] all = Files.readAllBytes(accepted);
    Path progress = run.resolve("rejection/progress.jsonl");
    String whole = Files.readString(progress);
    String[] rows = whole.split("\n");
    assertEquals(7, rows.length);
    // Killed in the middle of its fourth line.
    Files.writeString(progress, String.join("\n", List.of(rows).subList(0, 4)) + "\n" + rows[4].substring(0, 9));
    Files.delete(run.resolve("rejection/done.json"));
    Files.delete(accepted);
    Pipeline.of(config).run();
    assertEquals(whole, Files.readString(progress));
    assertArrayEquals(all, Files.readAllBytes(accepted));

    Files.delete(run.resolve("rejection/done.json"));
    String message = assertThrows(IllegalStateException.class,
        () -> Pipeline.of(config("preferences, reward, rejection", "rejection.data=[" + file + "]", "rejection.temperature=0.5")).run()).getMessage();
    assertTrue(message.contains("rejection.temperature"), message);
  }

  @Test
  void qualityTuningKeepsTheBest() throws IOException {
    Path data = run.resolve("own.jsonl");
    Files.writeString(data, "{\"question\": \"Who?\", \"answer\": \"me\"}\n");
    Files.copy(folder.resolve("p.png"), run.resolve("p.png"));
    Path pictures = run.resolve("pictures.jsonl");
    Files.writeString(pictures, "{\"images\": [\"p.png\"], \"question\": \"What?\", \"answer\": \"it\"}\n");
    String[] own = {"quality.data=[" + data + ", " + pictures + "]", "quality.validation=[" + pictures + "]"};
    PipelineConfig config = config("quality", own);
    Pipeline.of(config).run();
    JsonNode scores = Json.read(run.resolve("quality/validation-scores.json"));
    // It never answers right, so that nothing is better than the start, and two evaluations without a better one end it.
    assertEquals(3, scores.size());
    assertEquals(2, scores.get(2).path("step").asInt());
    assertEquals(Digests.sha256(run.resolve("sft/soup/model.safetensors")), hash("quality"));
    assertFalse(Files.exists(run.resolve("quality/checkpoints/step_4")));

    Files.delete(run.resolve("quality/done.json"));
    Pipeline.of(config).run();
    assertEquals(scores, Json.read(run.resolve("quality/validation-scores.json")), "an ended tuning does not go on");

    AtomicFiles.deleteTree(run.resolve("quality"));
    Pipeline.of(config("quality", own[0], own[1], "quality.patience=9")).run();
    assertEquals(5, Json.read(run.resolve("quality/validation-scores.json")).size());
  }

  @Test
  void emptyAndMissingDataAreNamed() throws IOException {
    Files.createDirectories(run.resolve("rejection"));
    Files.createFile(run.resolve("rejection/accepted.jsonl"));
    String message = assertThrows(IllegalArgumentException.class, () -> Pipeline.of(config("quality")).run()).getMessage();
    assertTrue(message.contains("accepted no answer"), message);
    message = assertThrows(IllegalArgumentException.class, () -> Pipeline.of(config("dpo")).run()).getMessage();
    assertTrue(message.contains("preferences/train.jsonl"), message);
    for (String wrong : List.of("dpo.reference_rate=2", "reward.training.packing=64", "rejection.pass_rate=1.5", "quality.patience=-1",
        "dpo.beta=-1", "rejection.temperature=-1", "reward.regularizer=-1")) {
      assertThrows(RuntimeException.class, () -> config("dpo", wrong), wrong);
    }
  }
}

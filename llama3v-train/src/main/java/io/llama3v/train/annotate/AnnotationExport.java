package io.llama3v.train.annotate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.image.ImageFormat;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.train.preference.Demonstration;
import io.llama3v.train.preference.PictureFiles;
import io.llama3v.train.preference.Preference;
import io.llama3v.train.preference.Prompt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Answers as files that training reads:
 *
 * <ul>
 * <li>{@code sft-000000.tar} …: pictures with conversations, for {@code sft.data} ({@code shards});
 * <li>{@code answers.jsonl}: the same as lines, for {@code quality.data};
 * <li>{@code preferences.jsonl}: pairs, and triples where the better answer was improved, for {@code dpo.data} and {@code reward.data};
 * <li>{@code records.jsonl}: every person's last answer with drafts, time and edit distance, for analysis;
 * <li>{@code export.json}: counts and agreement.
 * </ul>
 *
 * A file that would be empty is left out. The folder appears at once, in place of an earlier export.
 */
public final class AnnotationExport {
  private static final String MARK = "export.json";
  private static final int SHARD_SAMPLES = 1000;
  private static final long SHARD_BYTES = 256L << 20;

  /**
   * What was written.
   *
   * @param folder where
   * @param answers people's answers, skipped items too
   * @param conversations pictures with an answer to learn
   * @param preferences pairs and triples
   * @param undecided rated items where no answer came out better
   */
  public record Summary(Path folder, int answers, int conversations, int preferences, int undecided) {}

  private AnnotationExport() {}

  /**
   * Writes an export.
   *
   * @throws IOException if the folder holds something else than an export, or a picture is no longer there
   */
  public static Summary write(AnnotationStore store, Path folder) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    if (Files.exists(target) && !Files.isRegularFile(target.resolve(MARK)) && !isEmpty(target)) {
      throw new IOException(target + " is there and is no export; give a folder that is new, empty, or an earlier export");
    }
    Files.createDirectories(target.getParent());
    Path temporary = AtomicFiles.temporarySibling(target);
    try {
      Files.createDirectory(temporary);
      Summary summary = new Writer(store, target, temporary).write();
      AtomicFiles.deleteTree(target);
      AtomicFiles.publish(temporary, target);
      return summary;
    } finally {
      AtomicFiles.deleteTree(temporary);
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder)) {
      return !files.iterator().hasNext();
    }
  }

  /** One export in the making. */
  private static final class Writer {
    private final AnnotationStore store;
    private final Path target;
    private final Path temporary;
    private final Map<String, StringBuilder> lines = new LinkedHashMap<>();
    private int conversations;
    private int preferences;
    private int undecided;

    Writer(AnnotationStore store, Path target, Path temporary) {
      this.store = store;
      this.target = target;
      this.temporary = temporary;
    }

    Summary write() throws IOException {
      List<Picture> pool = store.pictures().all();
      Map<Integer, String> names = new HashMap<>();
      store.annotators().all().forEach(a -> names.put(a.id(), a.name()));
      Map<Integer, List<Answer>> byItem = new HashMap<>();
      List<Answer> answers = store.answers().last();
      for (Answer a : answers) byItem.computeIfAbsent(a.item(), i -> new ArrayList<>()).add(a);
      try (TarShardWriter shards = new TarShardWriter(temporary, "sft", SHARD_SAMPLES, SHARD_BYTES); PictureFiles files = new PictureFiles()) {
        for (Item item : store.items().all()) {
          List<Answer> own = byItem.getOrDefault(item.id(), List.of());
          if (own.isEmpty()) continue;
          item(item, pool.get(item.picture()), store.items().drafts(item.id()), own, names, shards, files);
        }
      }
      for (var file : lines.entrySet()) AtomicFiles.writeString(temporary.resolve(file.getKey()), file.getValue());
      Summary summary = new Summary(target, answers.size(), conversations, preferences, undecided);
      ObjectNode mark = JsonNodeFactory.instance.objectNode().put("answers", answers.size()).put("conversations", conversations)
          .put("preferences", preferences).put("undecided", undecided);
      mark.set("progress", Progress.of(store).toJson());
      AtomicFiles.writeString(temporary.resolve(MARK), Json.writePretty(mark));
      return summary;
    }

    private void item(Item item, Picture picture, List<Draft> drafts, List<Answer> answers, Map<Integer, String> names, TarShardWriter shards,
        PictureFiles files) throws IOException {
      String id = String.format(Locale.ROOT, "annotated-%06d", item.id());
      String image = PictureFiles.moved(picture.name(), target.resolve(MARK), target);
      Prompt prompt = Prompt.question(id, List.of(image), item.question());
      for (Answer a : answers) line("records.jsonl", record(item, picture, drafts, a, names.get(a.annotator())));
      Verdict verdict = Verdict.of(drafts, answers);
      if (verdict.answer() != null) {
        line("answers.jsonl", new Demonstration(prompt, verdict.answer()).toJson().put("kind", "annotated"));
        shards.write(sample(id, item, verdict, picture, files));
        conversations++;
      }
      if (verdict.chosen() != null) {
        line("preferences.jsonl", new Preference(prompt, verdict.chosen(), verdict.rejected(), verdict.edited()).toJson().put("kind", "annotated"));
        preferences++;
      } else if (answers.stream().anyMatch(a -> a.reply() instanceof Reply.Rated)) {
        undecided++;
      }
    }

    private Sample sample(String id, Item item, Verdict verdict, Picture picture, PictureFiles files) throws IOException {
      byte[] bytes = files.read(picture.name(), target.resolve(MARK), id);
      ImageFormat format = ImageFormat.of(bytes);
      ObjectNode json = JsonNodeFactory.instance.objectNode().put("source", picture.name());
      json.putArray("conversations").addObject().put("kind", "annotated").put("question", item.question()).put("answer", verdict.answer());
      Map<String, byte[]> members = new LinkedHashMap<>();
      members.put(format == null ? "png" : format.extension(), bytes);
      members.put("json", Json.write(json).getBytes(StandardCharsets.UTF_8));
      return new Sample(id, members);
    }

    private static ObjectNode record(Item item, Picture picture, List<Draft> drafts, Answer a, String name) {
      ObjectNode line = JsonNodeFactory.instance.objectNode().put("item", item.id()).put("annotator", name)
          .put("task", item.task().name().toLowerCase(Locale.ROOT)).put("picture", picture.name()).put("cluster", picture.cluster());
      if (item.like() != null) line.put("like", item.like());
      line.put("question", item.question());
      var made = line.putArray("drafts");
      for (Draft d : drafts) {
        made.addObject().put("text", d.text()).put("model", d.model()).put("temperature", d.temperature()).put("seed", d.seed());
      }
      Reply reply = a.reply();
      if (reply instanceof Reply.Edited edited) line.put("text", edited.text());
      if (reply instanceof Reply.Rated rated) line.put("rating", rated.rating()).put("text", rated.edit());
      if (reply instanceof Reply.Skipped skipped) line.put("skipped", skipped.reason());
      if (a.distance() != null) line.put("distance", a.distance());
      return line.put("active_seconds", a.activeMillis() / 1e3).put("wall_seconds", a.wallMillis() / 1e3).put("written", a.written().toString());
    }

    private void line(String file, JsonNode line) {
      lines.computeIfAbsent(file, f -> new StringBuilder()).append(Json.write(line)).append('\n');
    }
  }
}

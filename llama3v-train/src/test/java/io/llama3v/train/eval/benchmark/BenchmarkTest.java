package io.llama3v.train.eval.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Truth;
import io.llama3v.image.RgbImage;
import io.llama3v.text.Content;
import io.llama3v.text.Message;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.EvaluationTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of whole benchmarks, computed by hand from the metrics' definitions. */
class BenchmarkTest {
  private static Answered answered(String set, Metric metric, List<String> answers, List<String> options, String group, String response) {
    return new Answered(set, new Truth("id", 0, metric, "q", answers, options, group, false), response);
  }

  private static Row row(List<Answered> answers, String group, String metric) {
    return BenchmarkScore.table(answers, 7).rows().stream().filter(r -> r.kind().equals(group) && r.metric().equals(metric)).findFirst().orElseThrow();
  }

  @Test
  void vqaAccuracyIsTheMeanOverLeaveOneOut() {
    // Three of ten people say net: leaving one of them out two remain (2/3), leaving another out three (1): (3·2/3 + 7·1)/10 = 0.9.
    List<String> ten = List.of("net", "net", "net", "mesh", "mesh", "mesh", "mesh", "mesh", "mesh", "mesh");
    List<Answered> a = List.of(answered("vqav2", Metric.VQA_ACCURACY, ten, List.of(), "other", "Net."),
        answered("vqav2", Metric.VQA_ACCURACY, ten, List.of(), "yes/no", ""));
    assertEquals(0.45, row(a, "", "VQA accuracy").model(), 1e-12);
    assertEquals(0.9, row(a, "other", "VQA accuracy").model(), 1e-12);
    assertEquals(0.5, row(a, "", "unparsed").model(), 1e-12);
  }

  @Test
  void bothVariantsOfAnlsAreNamed() {
    // "ab" against "ax": distance 1 of 2, exactly one half, where the two disagree. "Total 7" against "total 8": 1 of 7.
    List<Answered> a = List.of(answered("docvqa", Metric.ANLS, List.of("ax"), List.of(), "", "ab"),
        answered("docvqa", Metric.ANLS, List.of("zzzzzzzzzz", "total 8"), List.of(), "", "Total 7"));
    assertEquals((0.5 + 6 / 7.0) / 2, row(a, "", "ANLS (RRC)").model(), 1e-12);
    assertEquals(6 / 7.0 / 2, row(a, "", "ANLS (Pix2Struct)").model(), 1e-12);
  }

  @Test
  void relaxedAccuracyIsReportedByHalf() {
    List<Answered> a = List.of(answered("chartqa", Metric.RELAXED_ACCURACY, List.of("100"), List.of(), "human", "104.9"),
        answered("chartqa", Metric.RELAXED_ACCURACY, List.of("100"), List.of(), "human", "105.1"),
        answered("chartqa", Metric.RELAXED_ACCURACY, List.of("Yes"), List.of(), "augmented", "yes"));
    assertEquals(2 / 3.0, row(a, "", "relaxed accuracy").model(), 1e-12);
    assertEquals(0.5, row(a, "human", "relaxed accuracy").model(), 1e-12);
    assertEquals(1, row(a, "augmented", "relaxed accuracy").model(), 1e-12);
  }

  @Test
  void mmmuWeighsQuestionsWithAndWithoutOptionsAlike() {
    List<String> options = List.of("cat", "dog", "cow", "pig");
    List<Answered> a = List.of(answered("mmmu", Metric.MULTIPLE_CHOICE, List.of("B"), options, "Art", "The answer is (B)"),
        answered("mmmu", Metric.MULTIPLE_CHOICE, List.of("C"), options, "Math", "B, no, C ."), answered("mmmu", Metric.MULTIPLE_CHOICE, List.of("A"), options, "Art", "A"),
        answered("mmmu", Metric.OPEN_ANSWER, List.of("1.5", "3/2"), List.of(), "Math", "So the result is 1.50."),
        answered("mmmu", Metric.OPEN_ANSWER, List.of("7"), List.of(), "Math", "8"));
    assertEquals(5, row(a, "", "accuracy").n());
    assertEquals(0.8, row(a, "", "accuracy").model(), 1e-12);
    assertEquals(2 / 3.0, row(a, "Math", "accuracy").model(), 1e-12);
    assertEquals(1, row(a, "Art", "accuracy, guesses wrong").model(), 1e-12);
    assertEquals(0.25, row(a, "Art", "accuracy").chance(), 1e-12);
  }

  @Test
  void guessesAreCountedAndCanBeTakenAsWrong() {
    List<String> options = List.of("cat", "dog");
    List<Answered> a = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      a.add(new Answered("ai2d", new Truth("k" + i, 0, Metric.MULTIPLE_CHOICE, "q", List.of("A"), options, "", false), i % 2 == 0 ? "A" : "hmm"));
    }
    assertEquals(0.5, row(a, "", "unparsed").model(), 1e-12);
    assertEquals(0.5, row(a, "", "accuracy, guesses wrong").model(), 1e-12);
    Row accuracy = row(a, "", "accuracy");
    // A hundred fair guesses: 75 % in all, five standard deviations of the guesses are 12.5 points.
    assertEquals(0.75, accuracy.model(), 0.125);
    assertTrue(accuracy.low() < accuracy.model() && accuracy.model() < accuracy.high());
    assertTrue(accuracy.high() - accuracy.low() > 0.08 && accuracy.high() - accuracy.low() < 0.16, "about 2·1.96·0.031");
    assertNull(row(a, "", "unparsed").chance());
  }

  @Test
  void questionsAreAskedInTheBenchmarksWordsWhateverTheConversionSaid(@TempDir Path folder) throws IOException {
    String png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    Files.createDirectories(folder.resolve("images"));
    Files.write(folder.resolve("images/a.png"), Base64.getDecoder().decode(png));
    Files.writeString(folder.resolve("conversations.jsonl"), "{\"id\":\"c\",\"source\":\"mmmu\",\"images\":[\"images/a.png\",\"images/a.png\"],\"messages\":"
        + "[{\"role\":\"user\",\"content\":\"Other words\"},{\"role\":\"assistant\",\"content\":\"B\"}],\"truths\":[{\"id\":\"7\",\"metric\":\"multiple_choice\","
        + "\"question\":\"See <image 2>.\",\"answers\":[\"B\"],\"options\":[\"x\",\"<image 1>\"],\"marked\":true},"
        + "{\"id\":\"8\",\"turn\":2,\"metric\":\"anls\",\"question\":\"And <image 1>?\",\"answers\":[\"z\"]}]}\n"
        + "{\"id\":\"d\",\"messages\":[{\"role\":\"user\",\"content\":\"no benchmark\"},{\"role\":\"assistant\",\"content\":\"y\"}]}\n");
    List<Message> asked = new ArrayList<>();
    List<Integer> shown = new ArrayList<>();
    List<Answered> answers = BenchmarkRun.ask(folder, (question, pictures) -> {
      asked.add(question);
      shown.add(pictures.size());
      for (RgbImage p : pictures) assertEquals(1, p.width());
      return " B ";
    }, Long.MAX_VALUE, n -> { });
    Content image = new Content.Image();
    assertEquals(List.of(new Content.Text("See "), image, new Content.Text(".\nA. x\nB. "), image,
        new Content.Text("\nAnswer with the option's letter from the given choices directly.")), asked.get(0).content());
    assertEquals(List.of(image, image, new Content.Text("And <image 1>?\nAnswer the question using a single word or phrase.")), asked.get(1).content());
    assertEquals(List.of(2, 2), shown);
    assertEquals("B", answers.get(0).response());
    assertEquals("mmmu", answers.get(0).source());
    assertEquals(2, answers.size());
    assertEquals(1, BenchmarkRun.ask(folder, (question, pictures) -> "", 1, n -> { }).size());
    EvaluationTable table = BenchmarkScore.table(answers, 0);
    assertTrue(table.toConsole().contains("ANLS (RRC)"), table.toConsole());
    assertThrows(IllegalArgumentException.class, () -> BenchmarkRun.ask(folder.resolve("images"), (q, p) -> "", 1, n -> { }));
  }
}

package io.llama3v.train.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** {@code llama3v convert}, and what {@code eval --benchmark} makes of it. */
class ConvertTest {
  @TempDir
  Path folder;
  private Path questions;
  private Path annotations;
  private Path images;

  @BeforeEach
  void files() throws IOException {
    images = Files.createDirectories(folder.resolve("train2014"));
    TinyModels.picture(images.resolve("COCO_train2014_000000000009.jpg"), 20, 10);
    questions = Files.writeString(folder.resolve("questions.json"), "{\"data_subtype\": \"train2014\", \"questions\": ["
        + "{\"image_id\": 9, \"question\": \"What colour is it?\", \"question_id\": 9000}, {\"image_id\": 9, \"question\": \"Is it red?\", \"question_id\": 9001},\n"
        + "{\"image_id\": 10, \"question\": \"Gone?\", \"question_id\": 10000}]}");
    annotations = Files.writeString(folder.resolve("annotations.json"), "{\"annotations\": [" + annotation(10, 10000, "yes") + "," + annotation(9, 9000, "red") + ","
        + annotation(9, 9001, "yes") + "]}");
  }

  private static String annotation(int image, int id, String answer) {
    return "{\"question_type\": \"x\", \"multiple_choice_answer\": \"" + answer + "\", \"answers\": [" + ("{\"answer\": \"" + answer
        + "\", \"answer_confidence\": \"yes\", \"answer_id\": 1},").repeat(9) + "{\"answer\": \"blue\", \"answer_confidence\": \"yes\", \"answer_id\": 2}], \"image_id\": "
        + image + ", \"answer_type\": \"other\", \"question_id\": " + id + "}";
  }

  static Stream<String> formats() {
    return new CommandLine(new Llama3vCommand()).getSubcommands().get("convert").getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyFormatHasHelpWithAnExample(String format) {
    Run run = Run.of("convert", format, "--help");
    assertEquals(0, run.code(), run.err());
    String example = run.out().substring(run.out().indexOf("Example"));
    assertTrue(example.contains("  llama3v convert " + format + " ") && example.contains("--out data/"), example);
    for (String line : example.lines().toList()) {
      assertTrue(line.isEmpty() || line.startsWith("Example") || line.startsWith("  llama3v ") || line.startsWith("    --"), "broken: " + line);
    }
    assertTrue(run.out().contains("--missing"), run.out());
  }

  @Test
  void missingPicturesAreRaisedOrSkippedAndCounted() throws IOException {
    Path out = folder.resolve("out");
    Run raised = vqa(out);
    assertEquals(2, raised.code());
    assertTrue(raised.err().contains("COCO_train2014_000000000010.jpg") && raised.err().contains("--missing skip"), raised.err());
    Run run = vqa(out, "--missing", "skip");
    assertEquals(0, run.code(), run.err());
    JsonNode report = Json.read(out.resolve("convert.json"));
    assertEquals(1, report.path("conversations").asInt());
    assertEquals(2, report.path("turns").asInt());
    assertEquals(1, report.path("skipped").path("picture-missing").asInt());
    assertEquals(3, report.path("counts").path("examples").asInt());
    Run again = vqa(out, "--missing", "skip");
    assertEquals(2, again.code());
    assertTrue(again.err().contains("not empty"), again.err());
  }

  private Run vqa(Path out, String... more) {
    Object[] args = Stream.concat(Stream.of("convert", "vqav2", "--questions", questions, "--annotations", annotations, "--images", images, "--out", out),
        Stream.of(more)).toArray();
    return Run.of(args);
  }

  @Test
  void mistakesAreToldWithFileLineAndPlace() throws IOException {
    Files.writeString(questions, "{\"data_subtype\": \"train2014\", \"questions\": [\n{\"image_id\": \"nine\", \"question_id\": 1}]}");
    Run run = vqa(folder.resolve("out"));
    assertEquals(2, run.code());
    assertTrue(run.err().startsWith("error: " + questions + ":2 (/questions/0/image_id): expected a whole number, found string \"nine\""), run.err());
    assertEquals(2, Run.of("convert").code());
    assertEquals(2, Run.of("convert", "gqa", "--images", images, "--out", folder.resolve("o")).code());
    assertEquals(2, Run.of("convert", "textvqa", "--file", questions, "--out", folder.resolve("o")).code());
    Run none = Run.of("convert", "llava", "--file", folder.resolve("none.json"), "--out", folder.resolve("o"));
    assertEquals(1, none.code());
    assertTrue(none.err().contains("no such file"), none.err());
  }

  @Test
  void convertedFilesConvertOnAndBack() throws IOException {
    Path own = folder.resolve("own");
    Path llava = folder.resolve("llava");
    Path back = folder.resolve("back");
    assertEquals(0, vqa(own, "--missing", "skip", "--to", "jsonl").code());
    Run there = Run.of("convert", "jsonl", "--file", own.resolve("conversations.jsonl"), "--images", own, "--to", "llava", "--out", llava);
    assertEquals(0, there.code(), there.err());
    Run home = Run.of("convert", "llava", "--file", llava.resolve("conversations.json"), "--images", llava, "--to", "jsonl", "--out", back);
    assertEquals(0, home.code(), home.err());
    JsonNode before = Json.parse(Files.readString(own.resolve("conversations.jsonl")), "own");
    JsonNode after = Json.parse(Files.readString(back.resolve("conversations.jsonl")), "back");
    assertEquals(before.get("messages"), after.get("messages"));
    assertEquals(2, before.get("truths").size());
    assertTrue(Files.isRegularFile(back.resolve(after.get("images").get(0).asText())));
  }

  @Test
  void anEndpointRewordsAndTheSetsNormalizationChecks() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", exchange -> {
      JsonNode asked = Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8), "request");
      boolean colour = asked.get("messages").get(1).get("content").asText().contains("colour");
      String said = colour ? "{\"question\": \"Name its colour.\", \"answer\": \"It's red!\"}" : "{\"question\": \"Red?\", \"answer\": \"No.\"}";
      byte[] body = ("{\"choices\": [{\"message\": {\"content\": " + Json.write(said) + "}}]}").getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    try {
      Path out = folder.resolve("out");
      Run run = vqa(out, "--missing", "skip", "--to", "jsonl", "--rewrite-url", "http://127.0.0.1:" + server.getAddress().getPort() + "/v1", "--rewrite-model", "m",
          "--rewrite-key-env", "LLAMA3V_TEST_NO_SUCH_KEY");
      assertEquals(0, run.code(), run.err());
      JsonNode counts = Json.read(out.resolve("convert.json")).path("counts");
      assertEquals(1, counts.path("rewriter/rewritten").asInt());
      // the third question's picture is missing: it is not sent
      assertEquals(1, counts.path("rewriter/kept-template/answer-lost").asInt(), counts.toString());
      assertTrue(Files.readString(out.resolve("conversations.jsonl")).contains("Name its colour."));
    } finally {
      server.stop(0);
    }
    assertEquals(2, vqa(folder.resolve("o2"), "--rewrite-url", "http://127.0.0.1:1/v1").code());
  }

  @Test
  void aModelIsScoredOnWhatWasConverted() throws IOException {
    Path out = folder.resolve("out");
    assertEquals(0, vqa(out, "--missing", "skip", "--wording", "benchmark").code());
    try (Backend backend = Backend.best()) {
      TinyModels.run(backend, folder.resolve("run"));
    }
    Path results = folder.resolve("results");
    Run run = Run.of("eval", folder.resolve("run"), "--benchmark", out, "--max-new", "3", "--results", results);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("VQA accuracy") && run.out().contains("unparsed"), run.out());
    assertEquals(2, Files.readAllLines(results.resolve("answers.jsonl")).size());
    assertTrue(Files.exists(results.resolve("benchmarks.json")));
    Run both = Run.of("eval", folder.resolve("run"), "--benchmark", out, "--check");
    assertEquals(2, both.code());
    assertFalse(both.err().contains("\tat "), both.err());
    // Our own model rewords as well; what it says is no JSON, so the templates stay.
    Path own = folder.resolve("own");
    Run reworded = vqa(own, "--missing", "skip", "--rewrite-model", folder.resolve("run").toString(), "--rewrite-max-tokens", "4");
    assertEquals(0, reworded.code(), reworded.err());
    assertEquals(2, Json.read(own.resolve("convert.json")).path("counts").path("rewriter/kept-template/unreadable").asInt());
  }
}

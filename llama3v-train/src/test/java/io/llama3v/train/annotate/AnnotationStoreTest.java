package io.llama3v.train.annotate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationStoreTest {
  @TempDir
  Path folder;

  @Test
  void itGoesOnWhereItWas() throws Exception {
    int shown;
    int bo;
    try (Desk desk = Desk.open(folder, Set.of(), 6, 2)) {
      bo = desk.person("Bo");
      shown = desk.next(bo).path("id").asInt();
    }
    try (Desk desk = Desk.open(folder, Set.of(), 6, 2)) {
      assertEquals(shown, desk.next(bo).path("id").asInt());
      assertEquals(6, desk.store.items().all().size());
    }
    try (Desk desk = Desk.open(folder, Set.of(), 9, 2)) {
      assertEquals(9, desk.store.items().all().size(), "more items may be asked for");
    }
  }

  @Test
  void whereNoMoreDraftsComeNobodyIsLeftWaiting() throws Exception {
    Drafter exhausted = (picture, question, task, item) -> {
      throw new OutOfMemoryError("no room for the model");
    };
    try (Desk desk = Desk.open(folder, Desk.plan(folder, Set.of(), 6, 1), exhausted)) {
      int bo = desk.person("Bo");
      JsonNode said;
      do {
        said = desk.get("/api/next?annotator=" + bo);
      } while (said.path("state").asText().equals("drafting"));
      assertTrue(said.path("error").asText().contains("no room for the model"), said.toString());
    }
  }

  @Test
  void otherSettingsAreRefused() throws Exception {
    Desk.open(folder, Set.of(), 6, 2).close();
    String message = assertThrows(IllegalArgumentException.class, () -> Desk.open(folder, Set.of(Task.RATE), 6, 3).close()).getMessage();
    assertTrue(message.contains("people was 2 and is 3") && message.contains("task was [EDIT, RATE] and is [RATE]") && message.contains("--store"), message);
  }

  @Test
  void aSecondServerIsRefused() throws Exception {
    try (AnnotationStore first = AnnotationStore.open(folder)) {
      String message = assertThrows(IOException.class, () -> AnnotationStore.open(first.folder())).getMessage();
      assertTrue(message.contains("are open already") && message.contains("--store FOLDER"), message);
    }
    AnnotationStore.open(folder).close();
    assertThrows(IOException.class, () -> AnnotationStore.openExisting(folder.resolve("elsewhere")));
  }

  @Test
  void whatFailsHalfwayLeavesNothing() throws Exception {
    try (AnnotationStore store = AnnotationStore.open(folder)) {
      assertThrows(IOException.class, () -> store.transaction(() -> {
        store.annotators().named("Ann");
        throw new IOException("stop");
      }));
      assertEquals(List.of(), store.annotators().all());
      store.annotators().named("Bo");
      assertEquals(1, store.annotators().all().size());
    }
  }

  /** A server that is killed right after it said that an answer is kept has kept it, every time. */
  @Test
  void aKilledServerHasLostNothing() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    Desk.open(folder, Set.of(Task.EDIT), 12, 1).close();
    for (int round = 1; round <= 2; round++) {
      Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:TieredStopAtLevel=1",
          "--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
          Child.class.getName(), folder.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String root = out.readLine();
        String second = assertThrows(IOException.class, () -> AnnotationStore.open(folder.resolve("annotation"))).getMessage();
        assertTrue(second.contains("process " + process.pid()), second);
        int ann = Json.parse(post(http, root, "api/annotators", "{\"name\": \"Ann\"}").body(), "").path("id").asInt();
        JsonNode next = Json.parse("{}", "");
        while (!next.path("state").asText().equals("item")) {
          next = Json.parse(http.send(HttpRequest.newBuilder(URI.create(root + "api/next?annotator=" + ann)).build(),
              HttpResponse.BodyHandlers.ofString()).body(), "");
        }
        String answer = Json.write(Map.of("item", next.path("item").path("id").asInt(), "annotator", ann, "kind", "edit", "text", "round " + round,
            "token", Desk.token()));
        assertEquals(200, post(http, root, "api/answers", answer).statusCode());
      } finally {
        process.destroyForcibly();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      }
      assertFalse(process.isAlive());
      try (AnnotationStore store = AnnotationStore.open(folder.resolve("annotation"))) {
        List<Answer> kept = store.answers().last();
        assertEquals(round, kept.size());
        assertEquals(new Reply.Edited("round " + round), kept.get(round - 1).reply());
      }
    }
  }

  private static HttpResponse<String> post(HttpClient http, String root, String path, String body) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create(root + path)).header("X-Llama3v", "1").POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The server that is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws IOException, InterruptedException {
      try (Desk desk = Desk.open(Path.of(args[0]), Set.of(Task.EDIT), 12, 1)) {
        System.out.println(desk.server.address());
        Thread.sleep(600_000);
      }
    }
  }
}

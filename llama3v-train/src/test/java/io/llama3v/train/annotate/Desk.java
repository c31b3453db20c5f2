package io.llama3v.train.annotate;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.Json;
import io.llama3v.train.stage.ClipPicture;
import io.llama3v.train.stage.TinyShards;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A page with twelve pictures in three clusters, drafts that are always the same, and a person who clicks by HTTP. */
final class Desk implements AutoCloseable {
  static final Drafter DRAFTER = (picture, question, task, item) -> task == Task.EDIT ? List.of(draft("a red car"))
      : List.of(draft("a car"), draft("a fast red car"));

  final AnnotationStore store;
  final Annotation annotation;
  final AnnotationServer server;
  final HttpClient http = HttpClient.newHttpClient();

  private Desk(AnnotationStore store, Annotation annotation, AnnotationServer server) {
    this.store = store;
    this.annotation = annotation;
    this.server = server;
  }

  static Draft draft(String text) {
    return new Draft(text, "model", 0, 0, 0.1);
  }

  static Desk open(Path folder, Set<Task> tasks, int items, int people) throws IOException {
    return open(folder, plan(folder, tasks, items, people), DRAFTER);
  }

  static Desk open(Path folder, AnnotationPlan plan, Drafter drafter) throws IOException {
    AnnotationStore store = AnnotationStore.open(folder.resolve("annotation"));
    fill(store, folder, plan);
    Annotation annotation = Annotation.open(store, plan, null, drafter);
    return new Desk(store, annotation, AnnotationServer.start(annotation, "127.0.0.1", 0));
  }

  static AnnotationPlan plan(Path folder, Set<Task> tasks, int items, int people) {
    return new AnnotationPlan(folder.resolve("shards/train-{000000..000001}.tar").toString(), null, ClipPicture.COLOUR, List.of(), 12, 3, items,
        tasks.isEmpty() ? EnumSet.allOf(Task.class) : tasks, people, 1, List.of(), 2, 5);
  }

  /** Picture i lies at i times 10 degrees. */
  private static void fill(AnnotationStore store, Path folder, AnnotationPlan plan) throws IOException {
    if (!Files.exists(folder.resolve("shards"))) TinyShards.write(folder.resolve("shards"));
    if (!store.pictures().all().isEmpty()) return;
    store.transaction(() -> {
      for (int i = 0; i < 12; i++) {
        String shard = folder.resolve("shards/train-00000" + i / 6 + ".tar").toAbsolutePath() + "#s" + i;
        double angle = Math.toRadians(10 * i);
        store.pictures().add(new Picture(i, shard, "What is in picture " + i + "?", i % 3, new float[] {(float) Math.cos(angle), (float) Math.sin(angle)}));
      }
      for (Map.Entry<String, String> s : plan.fixed().entrySet()) store.settings().put(s.getKey(), s.getValue());
      return null;
    });
  }

  String root() {
    return server.address().replaceAll("/$", "");
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(root() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return Json.parse(send(request(path)).body(), path);
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return send(request(path).header("X-Llama3v", "1").POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  int person(String name) throws IOException, InterruptedException {
    return Json.parse(post("/api/annotators", Json.write(Map.of("name", name))).body(), "person").path("id").asInt();
  }

  /** The next item of a person, once it is drafted; a missing node where there is none. */
  JsonNode next(int annotator) throws IOException, InterruptedException {
    while (true) {
      JsonNode next = get("/api/next?annotator=" + annotator);
      if (!next.path("state").asText().equals("drafting")) return next.path("item");
      Thread.sleep(5);
    }
  }

  static String token() {
    return UUID.randomUUID().toString();
  }

  HttpResponse<String> edit(int item, int annotator, String text) throws IOException, InterruptedException {
    return post("/api/answers", Json.write(Map.of("item", item, "annotator", annotator, "kind", "edit", "text", text, "active_ms", 1500, "token", token())));
  }

  /** A rating of the drafts as they are stored: below 0 the first is better. */
  void rate(JsonNode item, int annotator, int rating, String edit) throws IOException, InterruptedException {
    boolean turned = item.path("answers").path(0).asText().equals("a fast red car");
    var body = Json.mapper().createObjectNode().put("item", item.path("id").asInt()).put("annotator", annotator).put("kind", "rate")
        .put("rating", turned ? -rating : rating).put("text", edit).put("active_ms", 10).put("token", token());
    HttpResponse<String> response = post("/api/answers", body.toString());
    if (response.statusCode() != 200) throw new AssertionError(response.body());
  }

  @Override
  public void close() throws IOException {
    try (store; annotation; server) {
      // closed in the opposite order
    }
  }
}

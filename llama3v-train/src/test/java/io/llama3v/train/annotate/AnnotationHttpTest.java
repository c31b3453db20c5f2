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
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationHttpTest {
  @TempDir
  Path folder;

  @Test
  void itemsComeAndAnswersStay() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 4, 1)) {
      int ann = desk.person("  Ann   Lee ");
      assertEquals("Ann Lee", desk.store.annotators().get(ann).orElseThrow().name());
      assertEquals(ann, desk.person("Ann Lee"), "a name is a person");
      JsonNode item = desk.next(ann);
      assertEquals("edit", item.path("task").asText());
      assertEquals("a red car", item.path("answers").path(0).asText());
      assertTrue(item.path("question").asText().startsWith("What is in picture "));
      assertEquals(item, desk.next(ann), "a page that is loaded anew shows the same item");
      assertEquals(200, desk.edit(item.path("id").asInt(), ann, " a blue car ").statusCode());
      JsonNode second = desk.next(ann);
      assertFalse(item.path("id").equals(second.path("id")));
      Answer kept = desk.store.answers().last(item.path("id").asInt(), ann).orElseThrow();
      assertEquals(new Reply.Edited("a blue car"), kept.reply());
      // By hand: r, e and d become b, l and u, and an e is inserted: 4 of the 10 characters of "a blue car". Keeping the e of red costs as much.
      assertEquals(4.0 / 10, kept.distance(), 1e-12);
      assertTrue(kept.activeMillis() <= kept.wallMillis(), "no more time in use than passed");
      JsonNode again = desk.get("/api/items/" + item.path("id") + "?annotator=" + ann);
      assertEquals("a blue car", again.path("previous").path("text").asText());
      assertEquals(200, desk.edit(item.path("id").asInt(), ann, "a car").statusCode());
      assertEquals(2, desk.store.answers().count(), "what was said first is kept");
      assertEquals(new Reply.Edited("a car"), desk.store.answers().last(item.path("id").asInt(), ann).orElseThrow().reply());
      assertEquals("{\"items\":[" + item.path("id") + "]}", desk.get("/api/mine?annotator=" + ann).toString());
    }
  }

  @Test
  void anAnswerThatComesTwiceIsKeptOnce() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 4, 1)) {
      int ann = desk.person("Ann");
      String body = Json.write(Map.of("item", desk.next(ann).path("id").asInt(), "annotator", ann, "kind", "edit", "text", "x", "token", Desk.token()));
      HttpResponse<String> first = desk.post("/api/answers", body);
      HttpResponse<String> second = desk.post("/api/answers", body);
      assertEquals(200, second.statusCode());
      assertEquals(first.body(), second.body());
      assertEquals(1, desk.store.answers().count());
    }
  }

  @Test
  void severalPeopleAndAgreement() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.RATE), 3, 2)) {
      int[] people = {desk.person("Ann"), desk.person("Bo"), desk.person("Cy")};
      int[][] ratings = {{-3, 1, 3}, {-3, 3, 3}};
      List<Integer> order = new ArrayList<>();
      for (int p = 0; p < 2; p++) {
        for (int i = 0; i < 3; i++) {
          JsonNode item = desk.next(people[p]);
          if (p == 0) order.add(item.path("id").asInt());
          desk.rate(item, people[p], ratings[p][order.indexOf(item.path("id").asInt())], null);
        }
      }
      assertEquals("done", desk.get("/api/next?annotator=" + people[2]).path("state").asText(), "two people were wanted");
      JsonNode progress = desk.get("/api/progress");
      assertEquals(6, progress.path("given").asInt());
      assertEquals(6, progress.path("wanted").asInt());
      assertEquals("[2,0,0,0,1,0,3]", progress.path("ratings").toString());
      // By hand, interval: units (-3,-3), (1,3), (3,3); n = 6, n(-3) = 2, n(1) = 1, n(3) = 3. D_o = 2·4/6. D_e = 2(2·1·16 + 2·3·36 + 1·3·4)/30
      // = 2·260/30. alpha = 1 - (8/6)/(520/30) = 12/13.
      assertEquals(12.0 / 13, progress.path("agreement").path("interval").asDouble(), 1e-12);
      assertEquals(1, progress.path("agreement").path("same_side").asDouble());
      assertEquals(3, progress.path("agreement").path("rated").asInt());
    }
  }

  @Test
  void sidesChangePlacesAndRatingsAreTurnedBack() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.RATE), 12, 1)) {
      int ann = desk.person("Ann");
      Set<String> firsts = new HashSet<>();
      for (int i = 0; i < 12; i++) {
        JsonNode item = desk.next(ann);
        firsts.add(item.path("answers").path(0).asText());
        desk.rate(item, ann, 2, "a fast red car!");
        Answer kept = desk.store.answers().last(item.path("id").asInt(), ann).orElseThrow();
        assertEquals(new Reply.Rated(2, "a fast red car!"), kept.reply());
        assertEquals(1.0 / 15, kept.distance(), 1e-12, "from the draft that was better");
      }
      assertEquals(Set.of("a car", "a fast red car"), firsts);
    }
  }

  @Test
  void whatIsSkippedGoesToSomebodyElse() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 1, 1)) {
      int ann = desk.person("Ann");
      int bo = desk.person("Bo");
      int item = desk.next(ann).path("id").asInt();
      assertTrue(desk.next(bo).isMissingNode(), "one has it before them already");
      desk.post("/api/answers", Json.write(Map.of("item", item, "annotator", ann, "kind", "skip", "text", "too dark", "token", Desk.token())));
      assertTrue(desk.next(ann).isMissingNode());
      assertEquals(item, desk.next(bo).path("id").asInt());
    }
  }

  @Test
  void moreLikeThisBringsTheNearestForward() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 12, 1)) {
      int ann = desk.person("Ann");
      JsonNode item = desk.next(ann);
      int picture = desk.store.items().get(item.path("id").asInt()).orElseThrow().picture();
      assertEquals("{\"found\":2}", desk.post("/api/more", Json.write(Map.of("item", item.path("id").asInt(), "annotator", ann))).body());
      desk.edit(item.path("id").asInt(), ann, "x");
      List<Integer> next = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        JsonNode near = desk.next(ann);
        assertEquals(item.path("id").asInt(), near.path("like").asInt());
        next.add(desk.store.items().get(near.path("id").asInt()).orElseThrow().picture());
        desk.edit(near.path("id").asInt(), ann, "x");
      }
      // Pictures lie 10 degrees apart; at the ends both neighbours are on one side.
      Set<Integer> expected = picture == 0 ? Set.of(1, 2) : picture == 11 ? Set.of(10, 9) : Set.of(picture - 1, picture + 1);
      assertEquals(expected, Set.copyOf(next));
      assertTrue(desk.next(ann).path("like").isMissingNode());
      assertEquals(12, desk.store.items().all().size(), "brought forward, not doubled");
    }
  }

  @Test
  void aPictureThatCannotBeDraftedIsLeftOut() throws Exception {
    AnnotationPlan plan = Desk.plan(folder, Set.of(Task.EDIT), 3, 1);
    try (Desk desk = Desk.open(folder, plan, (picture, question, task, item) -> {
      if (item == 2) throw new IOException("no eyes for this");
      return Desk.DRAFTER.drafts(picture, question, task, item);
    })) {
      int ann = desk.person("Ann");
      for (int i = 0; i < 2; i++) desk.edit(desk.next(ann).path("id").asInt(), ann, "x");
      assertTrue(desk.next(ann).isMissingNode());
      assertEquals("no eyes for this", desk.store.items().get(2).orElseThrow().failure());
      assertEquals(1, desk.get("/api/progress").path("failed").asInt());
    }
  }

  @Test
  void oneDraftCannotBeRated() throws Exception {
    try (Desk desk = Desk.open(folder, Desk.plan(folder, Set.of(Task.RATE), 1, 1), (p, q, t, i) -> List.of(Desk.draft("the same")))) {
      assertEquals("edit", desk.next(desk.person("Ann")).path("task").asText());
    }
  }

  @Test
  void otherSitesAreRefused() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 2, 1)) {
      String body = "{\"name\":\"Eve\"}";
      assertEquals(403, desk.send(desk.request("/api/annotators").POST(BodyPublishers.ofString(body))).statusCode(), "a form of another site");
      assertEquals(403, desk.send(desk.request("/api/annotators").header("X-Llama3v", "1").header("Origin", "http://evil.example")
          .POST(BodyPublishers.ofString(body))).statusCode());
      assertEquals(403, desk.send(desk.request("/api/annotators").header("X-Llama3v", "1").header("Sec-Fetch-Site", "cross-site")
          .POST(BodyPublishers.ofString(body))).statusCode());
      assertEquals(200, desk.send(desk.request("/api/annotators").header("X-Llama3v", "1").header("Origin", desk.root())
          .POST(BodyPublishers.ofString(body))).statusCode());
      assertTrue(raw(desk, "/", "evil.example:80").startsWith("HTTP/1.1 403"), "a name that leads here (DNS rebinding)");
      assertTrue(raw(desk, "/", "localhost:80").startsWith("HTTP/1.1 200"));
    }
  }

  @Test
  void addressesLeadNowhereElse() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 2, 1)) {
      for (String path : List.of("/../pom.xml", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/annotate.css/../../annotate.html", "//etc/passwd",
          "/api/items/../../x/picture", "/AnnotationServer.class", "/annotate.html")) {
        String answer = raw(desk, path, "localhost");
        assertTrue(answer.startsWith("HTTP/1.1 404") || answer.startsWith("HTTP/1.1 400"), path + ": " + answer.lines().findFirst().orElse(""));
      }
      assertEquals(400, desk.send(desk.request("/api/items/x/picture")).statusCode());
      assertEquals(400, desk.send(desk.request("/api/items/99999999999/picture")).statusCode());
      assertEquals(400, desk.send(desk.request("/api/items/77/picture")).statusCode());
    }
  }

  @Test
  void whatIsWrongIsSaid() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 2, 1)) {
      int ann = desk.person("Ann");
      int item = desk.next(ann).path("id").asInt();
      assertEquals(413, desk.post("/api/answers", "{\"text\":\"" + "x".repeat(AnnotationServer.REQUEST) + "\"}").statusCode());
      assertEquals(400, desk.edit(item, ann, "x".repeat(Annotation.TEXT + 1)).statusCode());
      assertTrue(desk.edit(item, ann, "  ").body().contains("may not be empty"));
      assertTrue(desk.edit(item + 1, ann, "x").body().contains("not given to you"));
      assertTrue(desk.edit(item, 99, "x").body().contains("Nobody has the number 99"));
      assertTrue(desk.post("/api/annotators", "{\"name\": \" \"}").body().contains("1 to 60 characters"));
      assertTrue(desk.post("/api/answers", "[1]").body().contains("expected an object"));
      assertTrue(desk.post("/api/answers", "{\"a\":1,\"a\":2}").body().contains("malformed JSON"));
      assertTrue(desk.post("/api/answers", Json.write(Map.of("item", item, "annotator", ann, "kind", "rate", "rating", 4, "token", Desk.token())))
          .body().contains("expected -3 to 3"));
      assertTrue(desk.post("/api/answers", Json.write(Map.of("item", item, "annotator", ann, "kind", "rate", "rating", 1, "token", Desk.token())))
          .body().contains("is to be edited"));
      assertEquals(0, desk.store.answers().count());
    }
  }

  @Test
  void pagesNeedNothingFromElsewhere() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 2, 1)) {
      for (String path : List.of("/", "/progress", "/annotate.js", "/common.js", "/progress.js", "/annotate.css", "/report.css")) {
        HttpResponse<String> page = desk.send(desk.request(path));
        assertEquals(200, page.statusCode(), path);
        assertFalse(page.body().contains("http:") || page.body().contains("https:") || page.body().contains("@import"), path);
        assertTrue(page.headers().firstValue("Content-Security-Policy").orElse("").contains("default-src 'none'"), path);
        assertEquals("nosniff", page.headers().firstValue("X-Content-Type-Options").orElse(""));
      }
      int ann = desk.person("Ann");
      HttpResponse<String> picture = desk.send(desk.request(desk.next(ann).path("picture").asText()));
      assertEquals("image/png", picture.headers().firstValue("Content-Type").orElse(""));
    }
  }

  @Test
  void othersNeedTheKey() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 2, 1);
        AnnotationServer open = AnnotationServer.start(desk.annotation, "0.0.0.0", 0)) {
      assertTrue(open.address().matches("http://0\\.0\\.0\\.0:\\d+/\\?key=[0-9a-f]{24}"), open.address());
      String address = open.address().replace("0.0.0.0", "127.0.0.1");
      var plain = HttpRequest.newBuilder(URI.create(address.replaceAll("\\?.*", "")));
      assertEquals(403, desk.send(plain).statusCode());
      var keyed = HttpRequest.newBuilder(URI.create(address));
      HttpResponse<String> entered = desk.send(keyed);
      assertEquals(200, entered.statusCode());
      String cookie = entered.headers().firstValue("Set-Cookie").orElseThrow();
      assertTrue(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), cookie);
      assertEquals(200, desk.send(plain.header("Cookie", cookie.replaceAll(";.*", ""))).statusCode());
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() throws Exception {
    try (Desk desk = Desk.open(folder, Set.of(Task.EDIT), 2, 1)) {
      int port = Integer.parseInt(desk.root().replaceAll(".*:", ""));
      String message = assertThrows(IOException.class, () -> AnnotationServer.start(desk.annotation, "127.0.0.1", port)).getMessage();
      assertTrue(message.contains("cannot listen on 127.0.0.1:" + port) && message.contains("--port"), message);
    }
  }

  /** A request line as it is: the HTTP client would tidy it up. */
  private static String raw(Desk desk, String path, String host) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", Integer.parseInt(desk.root().replaceAll(".*:", "")))) {
      socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      StringBuilder all = new StringBuilder();
      BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) all.append(line).append('\n');
      return all.toString();
    }
  }
}

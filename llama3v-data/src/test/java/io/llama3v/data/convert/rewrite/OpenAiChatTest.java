package io.llama3v.data.convert.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.text.Turn;
import io.llama3v.data.document.grounding.BoxText.Fractions;
import io.llama3v.io.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against an endpoint of the test's own, which follows a script of status and body. */
class OpenAiChatTest {
  private static final String KEY = "sk-secret-123";
  private record Reply(int status, String body) {}

  private final List<Reply> script = new ArrayList<>();
  private final List<JsonNode> asked = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", exchange -> {
      asked.add(Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8), "request"));
      keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      Reply reply = script.remove(0);
      byte[] body = reply.body.getBytes(StandardCharsets.UTF_8);
      if (reply.status == 429) exchange.getResponseHeaders().add("Retry-After", "0");
      exchange.sendResponseHeaders(reply.status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private OpenAiChat chat(String key, int tries) {
    return new OpenAiChat(new OpenAiChat.Settings(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/"), "tiny", key, Duration.ofSeconds(20),
        tries, Duration.ofMillis(1), 0.5, 64, 2));
  }

  private void says(String content) {
    script.add(new Reply(200, "{\"choices\": [{\"message\": {\"role\": \"assistant\", \"content\": " + Json.write(content) + "}}]}"));
  }

  @Test
  void asksAsTheInterfaceWants() throws Exception {
    says("Hello");
    assertEquals("Hello", chat(KEY, 1).answer("sys", "usr", -5));
    assertEquals("Bearer " + KEY, keys.get(0));
    assertEquals("tiny", asked.get(0).get("model").asText());
    assertEquals("[{\"role\":\"system\",\"content\":\"sys\"},{\"role\":\"user\",\"content\":\"usr\"}]", asked.get(0).get("messages").toString());
    assertEquals(64, asked.get(0).get("max_tokens").asInt());
    assertTrue(asked.get(0).get("seed").asLong() >= 0);
    says("x");
    chat(null, 1).answer("s", "u", 0);
    assertEquals("null", keys.get(1));
  }

  @Test
  void triesAgainWhatMayPassAndGivesUpWhatWillNot() throws Exception {
    script.add(new Reply(503, ""));
    script.add(new Reply(429, "{}"));
    says("third");
    assertEquals("third", chat(KEY, 3).answer("s", "u", 0));
    script.add(new Reply(500, "oops " + KEY));
    script.add(new Reply(500, "oops " + KEY));
    ChatException passing = assertThrows(ChatException.class, () -> chat(KEY, 2).answer("s", "u", 0));
    assertFalse(passing.lasting());
    assertTrue(passing.getMessage().contains("500") && passing.getMessage().contains("2. try"), passing.getMessage());
    assertFalse(passing.getMessage().contains(KEY), "the key must not be repeated");
    for (Reply reply : List.of(new Reply(401, "Incorrect API key: " + KEY), new Reply(404, "no such model"), new Reply(200, "<html>"), new Reply(200, "{}"))) {
      script.add(reply);
      ChatException lasting = assertThrows(ChatException.class, () -> chat(KEY, 5).answer("s", "u", 0));
      assertTrue(lasting.lasting());
      assertFalse(lasting.getMessage().contains(KEY));
    }
    assertEquals(List.of(), script);
  }

  @Test
  void keysDoNotTravelInTheClearOrInAddresses() {
    assertThrows(IllegalArgumentException.class, () -> settings("http://192.0.2.1/v1", KEY));
    assertThrows(IllegalArgumentException.class, () -> settings("https://u:p@example.org/v1", null));
    assertThrows(IllegalArgumentException.class, () -> settings("ftp://localhost/v1", null));
    assertThrows(IllegalArgumentException.class, () -> settings("localhost:8000", null));
    assertFalse(settings("https://192.0.2.1/v1", KEY).toString().contains(KEY));
  }

  private static OpenAiChat.Settings settings(String url, String key) {
    return new OpenAiChat.Settings(URI.create(url), "m", key, Duration.ofSeconds(1), 1, Duration.ofMillis(1), 0, 1, 1);
  }

  @Test
  void whatIsLostKeepsTheTemplateAndIsCounted() throws Exception {
    Task.ShortAnswer task = new Task.ShortAnswer("What colour is it?", "red", List.of("red"), null);
    Turn template = new Turn("What colour is it? Answer briefly.", "red");
    CheckedRewriter rewriter = new CheckedRewriter(chat(null, 1), null, 1);
    says("Sure! {\"question\": \"Which colour does it have?\", \"answer\": \"It is red.\"} ");
    assertEquals(new Turn("Which colour does it have?", "It is red."), rewriter.rewrite(task, template, "k"));
    says("{\"question\": \"Which colour?\", \"answer\": \"It is blue.\"}");
    assertSame(template, rewriter.rewrite(task, template, "k"));
    says("I cannot do that.");
    assertSame(template, rewriter.rewrite(task, template, "k"));
    script.add(new Reply(502, ""));
    assertSame(template, rewriter.rewrite(task, template, "k"));
    assertSame(template, rewriter.rewrite(new Task.Region("x", new Fractions(0, 0, 1, 1)), template, "k"));
    says("{\"question\": \"Pick one.\", \"answer\": \"(B)\"}");
    Turn choice = rewriter.rewrite(new Task.Choice("Which?", null, List.of("x", "y"), 1, null), template, "k");
    assertEquals(new Turn("Pick one.\nA. x\nB. y", "(B)"), choice);
    assertEquals(Map.of("rewritten", 2L, "kept-template/answer-lost", 1L, "kept-template/unreadable", 1L, "kept-template/no-reply", 1L,
        "kept-template/region", 1L), rewriter.counts());
    script.add(new Reply(401, ""));
    assertThrows(UncheckedIOException.class, () -> rewriter.rewrite(task, template, "k"));
  }
}

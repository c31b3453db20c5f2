package io.llama3v.data.convert.rewrite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.io.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An endpoint that speaks OpenAI's chat completions: {@code POST BASE/chat/completions}. Failures that may pass (no connection, time out,
 * 408, 409, 429, 5xx) are tried again, after 1, 2, 4, … seconds or what {@code Retry-After} asks for, at most a minute.
 *
 * <p>The key is sent to the endpoint and nowhere else: no message holds it, and it does not go over an unencrypted connection to another
 * machine.
 */
public final class OpenAiChat implements ChatModel {
  private static final int MOST_BYTES = 1 << 20;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /**
   * Where and how to ask.
   *
   * @param base        such as {@code http://localhost:8000/v1}
   * @param model       the model's name there
   * @param key         null for none
   * @param timeout     of one request
   * @param tries       of one question, at least 1
   * @param firstPause  before the second try; doubled before each further one
   * @param temperature 0 for the likeliest words
   * @param maxTokens   longest answer
   * @param parallel    requests at a time
   */
  public record Settings(URI base, String model, String key, Duration timeout, int tries, Duration firstPause, double temperature, int maxTokens,
      int parallel) {
    public Settings {
      if (base.getHost() == null || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
        throw new IllegalArgumentException("'" + base + "' is no address of an endpoint; expected such as http://localhost:8000/v1");
      }
      if (base.getUserInfo() != null) throw new IllegalArgumentException("an address with a password in it; put the key into an environment variable");
      if (model == null || model.isBlank()) throw new IllegalArgumentException("an endpoint needs the name of a model");
      if (tries < 1 || parallel < 1 || maxTokens < 1) throw new IllegalArgumentException("tries, parallel and max tokens must be 1 or more");
      if (key != null && base.getScheme().equals("http") && !local(base.getHost())) {
        throw new IllegalArgumentException("the key would go unencrypted to " + base.getHost() + "; use https, or unset the key");
      }
    }

    private static boolean local(String host) {
      try {
        return InetAddress.getByName(host).isLoopbackAddress();
      } catch (UnknownHostException e) {
        return false;
      }
    }

    /** Without the key. */
    @Override
    public String toString() {
      return model + " at " + base;
    }
  }

  private final Settings settings;
  private final HttpClient client;
  private final URI address;

  public OpenAiChat(Settings settings) {
    this.settings = settings;
    this.client = HttpClient.newBuilder().connectTimeout(settings.timeout()).followRedirects(HttpClient.Redirect.NEVER).build();
    String base = settings.base().toString();
    this.address = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/chat/completions");
  }

  @Override
  public String answer(String system, String user, long seed) throws ChatException, InterruptedException {
    HttpRequest request = request(system, user, seed);
    Duration pause = settings.firstPause();
    for (int attempt = 1; ; attempt++) {
      String failure;
      Duration asked = null;
      IOException cause = null;
      try {
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        String body = body(response);
        int status = response.statusCode();
        if (status == 200) return content(body);
        failure = "status " + status + said(body, status);
        if (!passing(status)) throw new ChatException(settings + ": " + failure, true, null);
        asked = response.headers().firstValue("retry-after").map(OpenAiChat::seconds).orElse(null);
      } catch (ChatException e) {
        throw e;
      } catch (IOException e) {
        failure = e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
        cause = e;
      }
      if (attempt >= settings.tries()) throw new ChatException(settings + ": " + failure + ", at the " + attempt + ". try", false, cause);
      Duration wait = asked != null ? asked : pause;
      Thread.sleep((wait.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wait).toMillis());
      pause = pause.multipliedBy(2);
    }
  }

  private HttpRequest request(String system, String user, long seed) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("model", settings.model());
    json.putArray("messages").add(message("system", system)).add(message("user", user));
    json.put("temperature", settings.temperature()).put("max_tokens", settings.maxTokens()).put("seed", seed & Integer.MAX_VALUE);
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(settings.timeout()).header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(Json.write(json)));
    if (settings.key() != null) request.header("Authorization", "Bearer " + settings.key());
    return request.build();
  }

  private static ObjectNode message(String role, String content) {
    return JsonNodeFactory.instance.objectNode().put("role", role).put("content", content);
  }

  private static String body(HttpResponse<InputStream> response) throws IOException {
    try (InputStream in = response.body()) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) throw new IOException("an answer of more than " + MOST_BYTES + " bytes");
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private String content(String body) throws ChatException {
    try {
      JsonNode content = Json.parse(body, "the answer").path("choices").path(0).path("message").path("content");
      if (content.isTextual()) return content.asText();
    } catch (IOException e) {
      throw new ChatException(settings + ": not JSON where chat completions were expected", true, null);
    }
    throw new ChatException(settings + ": expected choices[0].message.content, and there is none", true, null);
  }

  private static boolean passing(int status) {
    return status == 408 || status == 409 || status == 429 || status >= 500;
  }

  /** What the endpoint says of a failure; not where it may repeat the key. */
  private String said(String body, int status) {
    if (status == 401 || status == 403) return settings.key() == null ? " (no key was sent)" : " (the key was refused)";
    String text = settings.key() == null ? body : body.replace(settings.key(), "…");
    return text.isBlank() ? "" : ": " + text.strip().substring(0, Math.min(200, text.strip().length()));
  }

  private static Duration seconds(String value) {
    try {
      return Duration.ofSeconds(Math.max(0, Math.min(LONGEST_PAUSE.toSeconds(), Long.parseLong(value.strip()))));
    } catch (NumberFormatException e) {
      return null; // a date: the usual pause does
    }
  }

  @Override
  public int parallel() {
    return settings.parallel();
  }
}

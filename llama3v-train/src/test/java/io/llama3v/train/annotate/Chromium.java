package io.llama3v.train.annotate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A page in a real browser, driven over the Chrome DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;
  private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");

  private final Process process;
  private final Path profile;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
  private WebSocket socket;
  private int calls;

  private Chromium(Process process, Path profile) {
    this.process = process;
    this.profile = profile;
  }

  /** The browser of this machine. */
  static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator)).flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable).findFirst();
  }

  static Chromium open(Path program, Path folder) throws IOException, InterruptedException {
    Path profile = Files.createTempDirectory(folder, "profile");
    Process process = new ProcessBuilder(program.toString(), "--headless=new", "--remote-debugging-port=0", "--user-data-dir=" + profile, "--no-sandbox",
        "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-sync",
        "--disable-component-update", "--hide-scrollbars", "--force-color-profile=srgb", "about:blank")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(profile.resolve("stderr.txt").toFile()).start();
    Chromium chromium = new Chromium(process, profile);
    try {
      chromium.connect();
      return chromium;
    } catch (IOException | InterruptedException | RuntimeException e) {
      chromium.close();
      throw e;
    }
  }

  private void connect() throws IOException, InterruptedException {
    Path port = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.isRegularFile(port) || Files.readAllLines(port).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > end) throw new IOException("the browser does not start: " + Files.readString(profile.resolve("stderr.txt")));
      Thread.sleep(20);
    }
    HttpRequest list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json")).build();
    JsonNode page = null;
    while (page == null) {
      for (JsonNode target : Json.parse(http.send(list, HttpResponse.BodyHandlers.ofString()).body(), "targets")) {
        if (target.path("type").asText().equals("page")) page = target;
      }
    }
    socket = http.newWebSocketBuilder().buildAsync(URI.create(page.path("webSocketDebuggerUrl").asText()), new Listener()).join();
    call("Page.enable", Map.of());
    call("Runtime.enable", Map.of());
    call("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
  }

  /** Hears the browser. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        try {
          JsonNode message = Json.parse(text.toString(), "browser");
          CompletableFuture<JsonNode> call = message.has("id") ? waiting.remove(message.get("id").asInt()) : null;
          if (call != null) call.complete(message);
        } catch (IOException e) {
          throw new IllegalStateException(e);
        } finally {
          text.setLength(0);
        }
      }
      from.request(1);
      return null;
    }
  }

  JsonNode call(String method, Map<String, ?> parameters) throws IOException {
    int id = ++calls;
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    ObjectNode message = Json.mapper().createObjectNode().put("id", id).put("method", method);
    message.set("params", Json.mapper().valueToTree(parameters));
    socket.sendText(message.toString(), true).join();
    try {
      JsonNode result = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (result.has("error")) throw new IOException(method + ": " + result.get("error"));
      return result.path("result");
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IOException(method + " was not answered", e);
    }
  }

  /** Opens an address and waits until its scripts have run. */
  void go(String address) throws IOException, InterruptedException {
    call("Page.navigate", Map.of("url", address));
    until("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** The value of an expression, which may be a promise. */
  JsonNode eval(String expression) throws IOException {
    JsonNode result = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (result.has("exceptionDetails")) throw new IOException(expression + ": " + result.get("exceptionDetails"));
    return result.path("result").path("value");
  }

  /** Waits until an expression is true. */
  void until(String condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try {
        if (eval(condition).asBoolean()) return;
      } catch (IOException e) {
        if (System.nanoTime() > end) throw e; // a page that is just being left has no context
      }
      if (System.nanoTime() > end) throw new AssertionError("never true: " + condition + "; the page says: " + eval("document.body.innerText").asText());
      Thread.sleep(15);
    }
  }

  /** Types text where the focus is. */
  void type(String text) throws IOException {
    call("Input.insertText", Map.of("text", text));
  }

  /** Presses a key: a character, or a name such as Enter, with modifiers such as 2 for Ctrl. */
  void press(String key, int modifiers) throws IOException {
    boolean named = key.length() > 1;
    int code = switch (key) {
      case "Enter" -> 13;
      case "Escape" -> 27;
      case "Tab" -> 9;
      default -> Character.toUpperCase(key.charAt(0));
    };
    Map<String, Object> down = new LinkedHashMap<>(Map.of("type", "keyDown", "key", key, "windowsVirtualKeyCode", code, "modifiers", modifiers));
    if (!named && modifiers == 0) down.put("text", key);
    if (key.equals("Enter")) down.put("text", "\r");
    call("Input.dispatchKeyEvent", down);
    call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code, "modifiers", modifiers));
  }

  void press(String key) throws IOException {
    press(key, 0);
  }

  void size(int width, int height) throws IOException {
    call("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  void dark(boolean on) throws IOException {
    call("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", on ? "dark" : "light"))));
  }

  /** A picture of the page as it can be seen. */
  void screenshot(Path file) throws IOException {
    byte[] png = Base64.getDecoder().decode(call("Page.captureScreenshot", Map.of("format", "png")).path("data").asText());
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, png);
  }

  @Override
  public void close() throws IOException {
    try {
      if (socket != null) call("Browser.close", Map.of());
    } catch (IOException e) {
      // it is ended below
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (int i = 0; i < 20; i++) {
      try {
        AtomicFiles.deleteTree(profile);
        return;
      } catch (IOException e) {
        // A process of the browser may still write there.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }
}

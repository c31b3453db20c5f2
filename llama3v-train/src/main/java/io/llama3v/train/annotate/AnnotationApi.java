package io.llama3v.train.annotate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.llama3v.image.ImageFormat;
import io.llama3v.io.Json;
import java.io.IOException;
import java.util.Map;

/** What the page asks for and sends, as JSON over HTTP. */
final class AnnotationApi {
  private final Annotation annotation;

  AnnotationApi(Annotation annotation) {
    this.annotation = annotation;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/annotators", this::annotator);
    routes.get("/api/next", context -> json(context, annotation.next(who(context))));
    routes.get("/api/mine", context -> json(context, Map.of("items", annotation.answered(who(context)))));
    routes.get("/api/items/{id}", context -> json(context, annotation.item(number(context.pathParam("id")), who(context))));
    routes.get("/api/items/{id}/picture", this::picture);
    routes.post("/api/answers", this::answer);
    routes.post("/api/more", this::more);
    routes.get("/api/progress", context -> json(context, Progress.of(annotation.store()).toJson()));
    routes.post("/api/export", this::export);
  }

  private void annotator(Context context) throws IOException {
    var known = annotation.annotator(text(body(context), "name"));
    json(context, Map.of("id", known.id(), "name", known.name()));
  }

  private void picture(Context context) throws IOException {
    byte[] bytes = annotation.picture(number(context.pathParam("id")));
    ImageFormat format = ImageFormat.of(bytes);
    if (format == null) throw new IllegalArgumentException("This is no picture.");
    // An item shows the same picture for good.
    context.header("Cache-Control", "private, max-age=3600");
    context.contentType(format == ImageFormat.JPEG ? "image/jpeg" : "image/" + format.extension()).result(bytes);
  }

  private void answer(Context context) throws IOException {
    JsonNode body = body(context);
    Reply reply = switch (text(body, "kind")) {
      case "edit" -> new Reply.Edited(text(body, "text"));
      case "rate" -> new Reply.Rated(integer(body, "rating"), body.hasNonNull("text") ? text(body, "text") : null);
      case "skip" -> new Reply.Skipped(body.hasNonNull("text") ? text(body, "text") : "");
      default -> throw new IllegalArgumentException("kind is '" + text(body, "kind") + "'; expected edit, rate or skip");
    };
    String token = text(body, "token");
    if (!token.matches("[A-Za-z0-9-]{8,64}")) throw new IllegalArgumentException("token: expected 8 to 64 letters, digits and hyphens");
    int id = annotation.answer(integer(body, "item"), integer(body, "annotator"), reply, body.path("active_ms").asLong(), token);
    json(context, Map.of("saved", id));
  }

  private void more(Context context) throws IOException {
    JsonNode body = body(context);
    json(context, Map.of("found", annotation.more(integer(body, "item"), integer(body, "annotator"))));
  }

  private void export(Context context) throws IOException {
    AnnotationExport.Summary summary = AnnotationExport.write(annotation.store(), annotation.store().folder().resolve("export"));
    json(context, Map.of("folder", summary.folder().toString(), "conversations", summary.conversations(), "preferences", summary.preferences()));
  }

  private static JsonNode body(Context context) throws IOException {
    JsonNode body;
    try {
      body = Json.parse(context.body(), "request");
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    if (!body.isObject()) throw new IllegalArgumentException("request: expected an object {…}");
    return body;
  }

  private static String text(JsonNode body, String key) {
    if (!body.path(key).isTextual()) throw new IllegalArgumentException("'" + key + "': expected a text");
    return body.get(key).asText();
  }

  private static int integer(JsonNode body, String key) {
    if (!body.path(key).canConvertToInt() || !body.get(key).isIntegralNumber()) throw new IllegalArgumentException("'" + key + "': expected a whole number");
    return body.get(key).asInt();
  }

  private static int who(Context context) {
    String who = context.queryParam("annotator");
    if (who == null) throw new IllegalArgumentException("'annotator' is missing");
    return number(who);
  }

  private static int number(String text) {
    if (!text.matches("\\d{1,9}")) throw new IllegalArgumentException("'" + (text.length() > 20 ? text.substring(0, 20) + "…" : text) + "' is no number");
    return Integer.parseInt(text);
  }

  static void json(Context context, Object value) {
    context.contentType("application/json; charset=utf-8").result(Json.write(value));
  }

  /** A sentence for the person. */
  static void error(Context context, int status, String message) {
    context.status(status);
    json(context, JsonNodeFactory.instance.objectNode().put("error", message));
  }
}

package io.llama3v.data.curate.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageFormat;
import io.llama3v.io.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A sample as it goes into a curated shard: the picture under its true extension, the first caption as {@code txt}, and a {@code json} of
 * what the raw one had, with all {@code captions} and, under {@code curation}, key, scores and notes. Other members pass through.
 */
final class CuratedSample {
  private CuratedSample() {}

  static Sample of(CurationRecord r, Sample raw, byte[] picture) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    ImageFormat format = ImageFormat.of(picture);
    members.put(format.extension(), picture);
    members.put("txt", r.caption().getBytes(StandardCharsets.UTF_8));
    members.put("json", Json.write(json(r, raw)).getBytes(StandardCharsets.UTF_8));
    String pictureExtension = raw.imageExtension().orElse("");
    raw.members().forEach((extension, bytes) -> {
      if (!extension.equals(pictureExtension)) {
        members.putIfAbsent(extension, bytes);
      }
    });
    return new Sample(r.id(), members);
  }

  private static ObjectNode json(CurationRecord r, Sample raw) {
    JsonNode before = raw.members().containsKey("json") ? raw.json() : null;
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (before != null && before.isObject()) {
      json.setAll((ObjectNode) before);
    }
    json.put("caption", r.caption());
    ArrayNode captions = json.putArray("captions");
    r.captions().forEach(captions::add);
    ObjectNode curation = json.putObject("curation");
    curation.put("key", r.key());
    ObjectNode scores = curation.putObject("scores");
    r.scores().forEach(scores::put);
    ObjectNode notes = curation.putObject("notes");
    r.notes().forEach(notes::put);
    return json;
  }
}

package io.llama3v.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleName;
import io.llama3v.image.ImageFormat;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Samples as lines of JSON: {@code {"image": "a/b.png", "caption": "…", "key": "…"}}. A sample gets the picture's bytes under its true
 * extension, the line as its {@code json}, and, where the caption field is a text, that as its {@code txt}. A line without a picture is a
 * sample without one. Pictures are read from below one folder only, whatever the path says.
 *
 * @param images  the folder
 * @param picture field that names the picture
 * @param caption field of the caption
 * @param key     field of the key; lines without it are named {@code FILE-LINE}
 */
public record JsonlFormat(Path images, String picture, String caption, String key) {
  /** The usual fields: {@code image}, {@code caption}, {@code key}. */
  public static JsonlFormat in(Path images) {
    return new JsonlFormat(images, "image", "caption", "key");
  }

  /**
   * Reads one line and its picture.
   *
   * @param file   of the line, for the key and messages
   * @param number of the line, from 1
   * @throws LineException if the line is no sample
   */
  public Sample parse(byte[] line, Path file, long number) throws IOException {
    String where = file + ":" + number;
    String name = name(file, number);
    JsonNode json;
    try {
      json = Json.parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString(), where);
    } catch (CharacterCodingException e) {
      throw new LineException(name, "bad-line", where + ": not valid UTF-8");
    } catch (IOException e) {
      throw new LineException(name, "bad-line", e.getMessage());
    }
    if (!json.isObject()) {
      throw new LineException(name, "bad-line", where + ": expected an object, found " + json.getNodeType());
    }
    String given = json.path(key).isValueNode() ? clean(json.path(key).asText()) : "";
    String id = given.isEmpty() ? name : given;
    Map<String, byte[]> members = new LinkedHashMap<>();
    JsonNode path = json.path(picture);
    if (path.isTextual()) {
      byte[] bytes = picture(path.asText(), id, where);
      ImageFormat format = ImageFormat.of(bytes);
      members.put(format == null ? "png" : format.extension(), bytes);
    }
    if (json.path(caption).isTextual()) {
      members.put("txt", json.path(caption).asText().getBytes(StandardCharsets.UTF_8));
    }
    members.put("json", line);
    return new Sample(id, members);
  }

  /** The key of a line that names none. */
  public static String name(Path file, long number) {
    String base = file.getFileName().toString();
    return clean(base.substring(0, base.contains(".") ? base.indexOf('.') : base.length())) + "-" + String.format(Locale.ROOT, "%09d", number);
  }

  private byte[] picture(String path, String id, String where) throws IOException {
    try {
      return new PictureRoot(images).read(path);
    } catch (PictureRoot.MissingException e) {
      throw new LineException(id, e.reason(), where + ": " + e.getMessage());
    }
  }

  /** What can stand in a tar as a key: no dots in the base name, no control characters. */
  private static String clean(String key) {
    String safe = key.replaceAll("[\\p{Cntrl}.]", "_").replaceAll("^/+|/+$", "");
    String cut = safe.length() > 200 ? safe.substring(0, 200).replaceAll("/+$", "") : safe;
    boolean fits = cut.isEmpty() || SampleName.parse(cut + ".txt").isPresent(); // a name such as __x__ is taken for metadata of a shard
    return fits ? cut : cut.replace("__", "--");
  }
}

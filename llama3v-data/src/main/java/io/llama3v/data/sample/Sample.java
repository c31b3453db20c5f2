package io.llama3v.data.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One training sample in the WebDataset sense: a key and its members by extension ({@code png}, {@code txt},
 * {@code json}, also compound ones such as {@code seg.png}). Members are the undecoded bytes; nothing is parsed before
 * it is asked for. The byte arrays are not copied: treat them as read-only.
 *
 * @param key     the member name up to the first dot of its base name
 * @param members bytes by lower-case extension, in archive order
 */
public record Sample(String key, Map<String, byte[]> members) {
  private static final List<String> IMAGE_EXTENSIONS = List.of("png", "jpg", "jpeg", "webp", "gif", "bmp");
  private static final ObjectMapper JSON = new ObjectMapper();

  public Sample {
    if (key == null || key.isEmpty()) {
      throw new IllegalArgumentException("a sample needs a key that is not empty");
    }
    members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
  }

  /** The bytes of one member, if the sample has it. */
  public Optional<byte[]> member(String extension) {
    return Optional.ofNullable(members.get(extension));
  }

  /** Whether there is a picture in one of the known formats. */
  public boolean hasImage() {
    return IMAGE_EXTENSIONS.stream().anyMatch(members::containsKey);
  }

  /** The extension of the member that {@link #image()} gives, if there is one. */
  public Optional<String> imageExtension() {
    return IMAGE_EXTENSIONS.stream().filter(members::containsKey).findFirst();
  }

  /**
   * The encoded picture: the first of {@code png, jpg, jpeg, webp, gif, bmp} that is there.
   *
   * @throws SampleException if there is none
   */
  public byte[] image() {
    for (String extension : IMAGE_EXTENSIONS) {
      byte[] bytes = members.get(extension);
      if (bytes != null) {
        return bytes;
      }
    }
    throw missing("a picture (" + String.join(", ", IMAGE_EXTENSIONS) + ")");
  }

  /**
   * The {@code txt} member as UTF-8.
   *
   * @throws SampleException if it is missing or is not UTF-8
   */
  public String text() {
    byte[] bytes = members.get("txt");
    if (bytes == null) {
      throw missing("a text (txt)");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new SampleException("sample '" + key + "': its txt member is not valid UTF-8", e);
    }
  }

  /**
   * The {@code json} member, parsed anew at each call.
   *
   * @throws SampleException if it is missing or is not JSON
   */
  public JsonNode json() {
    byte[] bytes = members.get("json");
    if (bytes == null) {
      throw missing("metadata (json)");
    }
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new SampleException("sample '" + key + "': its json member is not valid JSON: " + e.getMessage(), e);
    }
  }

  private SampleException missing(String what) {
    return new SampleException("sample '" + key + "' has no " + what + "; its members are " + members.keySet(), null);
  }
}

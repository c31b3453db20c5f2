package io.llama3v.data.convert.exchange;

import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.ConversationSource;
import io.llama3v.data.convert.LoadedPicture;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleException;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.image.ImageFormat;
import io.llama3v.io.Json;
import io.llama3v.text.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Conversations as samples of tar shards: {@code json} is {@link ConversationJson}, the first picture is a member such as {@code png}, the
 * others are {@code 1.png}, {@code 2.jpg}, …. Samples whose JSON has {@code conversations} of {@code question} and {@code answer}, as the
 * corpus makes them, are read too.
 */
public final class SampleConversations implements ConversationSource {
  private static final List<String> EXTENSIONS = List.of("png", "jpg", "jpeg", "webp", "gif", "bmp");
  private final ShardIndex shards;
  private long at;

  private SampleConversations(ShardIndex shards) {
    this.shards = shards;
  }

  /** Opens the shards that a {@link io.llama3v.data.shard.ShardPattern} names. */
  public static SampleConversations open(String pattern) throws IOException {
    return new SampleConversations(ShardIndex.open(pattern));
  }

  @Override
  public Conversation next() throws IOException {
    return at < shards.size() ? read(shards.read(at++)) : null;
  }

  /**
   * The conversation of a sample.
   *
   * @throws SampleException if it has none
   */
  public static Conversation read(Sample sample) {
    JsonView json = JsonView.of(Path.of(sample.key() + ".json"), 0, sample.json());
    List<Picture> pictures = new ArrayList<>(pictures(sample));
    if (json.has("messages")) return ConversationJson.read(json, sample.key(), pictures);
    if (!json.has("conversations")) {
      throw new SampleException("sample '" + sample.key() + "' has neither 'messages' nor 'conversations' in its json", null);
    }
    List<Message> messages = new ArrayList<>();
    for (JsonView turn : json.list("conversations")) {
      messages.add(Message.user(turn.text("question"), messages.isEmpty() ? pictures.size() : 0));
      messages.add(Message.assistant(turn.text("answer")));
    }
    return ConversationJson.conversation(json, sample.key(), null, pictures, messages, List.of());
  }

  /** The pictures of a sample, in their order. */
  public static List<Picture.Embedded> pictures(Sample sample) {
    List<Picture.Embedded> all = new ArrayList<>();
    if (!sample.hasImage()) return all;
    all.add(new Picture.Embedded(sample.key() + "." + sample.imageExtension().orElseThrow(), sample.image()));
    for (int i = 1; ; i++) {
      Picture.Embedded next = picture(sample, i);
      if (next == null) return all;
      all.add(next);
    }
  }

  private static Picture.Embedded picture(Sample sample, int number) {
    for (String extension : EXTENSIONS) {
      byte[] bytes = sample.members().get(number + "." + extension);
      if (bytes != null) return new Picture.Embedded(sample.key() + "." + number + "." + extension, bytes);
    }
    return null;
  }

  /** A conversation as a sample. */
  static Sample write(String key, Conversation c, List<LoadedPicture> pictures) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      String extension = ImageFormat.of(pictures.get(i).bytes()).extension();
      members.put(i == 0 ? extension : i + "." + extension, pictures.get(i).bytes());
      names.add(pictures.get(i).picture().name());
    }
    byte[] json = Json.write(ConversationJson.write(c, names)).getBytes(StandardCharsets.UTF_8);
    members.put("json", json);
    return new Sample(key, members);
  }

  @Override
  public Map<String, Long> counts() {
    return Map.of("conversations-read", at);
  }

  @Override
  public void close() throws IOException {
    shards.close();
  }
}

package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.exchange.SampleConversations;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleException;
import io.llama3v.image.ImageDecoder;
import io.llama3v.llama.RowPacking;
import io.llama3v.tensor.Mix64;
import io.llama3v.text.ChatTemplate;
import io.llama3v.text.Encoded;
import io.llama3v.text.Message;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.vision.image.MllamaTransform;
import io.llama3v.vision.image.TiledImage;
import java.util.ArrayList;
import java.util.List;

/** Turns samples of the corpus into texts with tiled pictures. Safe for use by several threads. */
final class PictureSamples {
  private final ChatTemplate chat;
  private final MllamaTransform transform;
  private final int maxTokens;
  private final int pad;

  PictureSamples(Tokenizer tokenizer, int tileSize, int tiles, int maxTokens) {
    this(new ChatTemplate(tokenizer), tileSize, tiles, maxTokens, tokenizer.specialId(SpecialTokens.PAD).orElseThrow());
  }

  private PictureSamples(ChatTemplate chat, int tileSize, int tiles, int maxTokens, int pad) {
    this(chat, new MllamaTransform(tileSize, tiles), maxTokens, pad);
  }

  private PictureSamples(ChatTemplate chat, MllamaTransform transform, int maxTokens, int pad) {
    this.chat = chat;
    this.transform = transform;
    this.maxTokens = maxTokens;
    this.pad = pad;
  }

  /** Samples for a model: its tiles, its image token, its padding. */
  static PictureSamples of(VisionLanguageModel model, Tokenizer tokenizer, int maxTokens) {
    MllamaConfig c = model.config();
    return new PictureSamples(new ChatTemplate(tokenizer, c.imageToken()), c.vision().imageSize(), c.vision().maxTiles(), maxTokens,
        tokenizer.specialId(SpecialTokens.PAD).orElse(c.padToken()));
  }

  /** The same with another longest text, rounded down. */
  PictureSamples upTo(double tokens) {
    return new PictureSamples(chat, transform, (int) tokens, pad);
  }

  ChatTemplate chat() {
    return chat;
  }

  /** A sample as training takes it: its conversation if it has one, otherwise one of its captions. */
  VlmBatch.Item any(Sample sample, long draw) {
    JsonNode said = described(sample);
    return said.has("messages") || said.has("conversations") ? talk(sample, draw) : caption(sample, draw);
  }

  /** A sample's conversation, in either of the forms that it may have. */
  VlmBatch.Item talk(Sample sample, long draw) {
    return described(sample).has("messages") ? messages(sample) : conversation(sample, draw);
  }

  /** A picture and one of its captions, in the format of the base model; without a picture, a plain document. */
  VlmBatch.Item caption(Sample sample, long draw) {
    JsonNode captions = described(sample).path("captions");
    String caption = captions.isEmpty() ? sample.text() : captions.get((int) Long.remainderUnsigned(draw, captions.size())).asText();
    return item(sample, chat.encodeCaption(caption, pictures(sample)));
  }

  /** One picture with each of some captions. */
  List<VlmBatch.Item> captions(Sample sample, List<String> captions) {
    List<TiledImage> images = List.of(tiled(sample));
    return captions.stream().map(caption -> new VlmBatch.Item(cut(chat.encodeCaption(caption, 1)), images)).toList();
  }

  /** A caption of nothing. */
  VlmBatch.Item textOnly(String caption) {
    return new VlmBatch.Item(cut(chat.encodeCaption(caption, 0)), List.of());
  }

  /** A picture and all its questions as one conversation; the picture, where there is one, comes with the first. */
  VlmBatch.Item conversation(Sample sample, long draw) {
    List<JsonNode> turns = new ArrayList<>();
    described(sample).path("conversations").forEach(turns::add);
    if (turns.isEmpty()) throw new SampleException("sample '" + sample.key() + "' has no 'conversations' in its json", null);
    // Any order: what is asked first must not depend on the kind of question.
    for (int i = turns.size() - 1; i > 0; i--) {
      int j = (int) Long.remainderUnsigned(Mix64.mix(draw, i), i + 1L);
      turns.set(i, turns.set(j, turns.get(i)));
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode turn : turns) {
      messages.add(Message.user(turn.path("question").asText(), messages.isEmpty() ? pictures(sample) : 0));
      messages.add(Message.assistant(turn.path("answer").asText()));
    }
    return item(sample, chat.encode(messages, false));
  }

  /** A conversation in its own order, with its pictures where it shows them. */
  VlmBatch.Item messages(Sample sample) {
    Conversation conversation = SampleConversations.read(sample);
    List<TiledImage> images = new ArrayList<>();
    for (Picture.Embedded picture : SampleConversations.pictures(sample)) {
      images.add(transform.apply(ImageDecoder.decode(picture.bytes(), picture.name(), transform.transparency())));
    }
    return new VlmBatch.Item(cut(chat.encode(conversation.messages(), false)), images);
  }

  /** A picture and a question that waits for its answer. */
  VlmBatch.Item question(Sample sample, String question) {
    return item(sample, chat.encode(List.of(Message.user(question, 1)), true));
  }

  /** A picture that waits for its caption. */
  VlmBatch.Item captionPrompt(Sample sample) {
    return item(sample, chat.captionPrompt("", 1));
  }

  VlmBatch collate(List<VlmBatch.Item> items) {
    return VlmBatch.collate(items, transform, pad);
  }

  /** A batch in which samples share rows of up to {@code packing} tokens; 0: a row for each. */
  VlmBatch collate(List<VlmBatch.Item> items, int packing) {
    if (packing == 0) return collate(items);
    int[] lengths = items.stream().mapToInt(i -> i.text().length()).toArray();
    return VlmBatch.collate(items, RowPacking.firstFit(lengths, packing), transform, pad);
  }

  private VlmBatch.Item item(Sample sample, Encoded text) {
    return new VlmBatch.Item(cut(text), text.imagePositions().length == 0 ? List.of() : List.of(tiled(sample)));
  }

  private static int pictures(Sample sample) {
    return sample.hasImage() ? 1 : 0;
  }

  /** The sample's JSON; a missing node where it is text and nothing else. */
  static JsonNode described(Sample sample) {
    return sample.member("json").isPresent() ? sample.json() : MissingNode.getInstance();
  }

  private TiledImage tiled(Sample sample) {
    return transform.apply(ImageDecoder.decode(sample.image(), sample.key(), transform.transparency()));
  }

  private Encoded cut(Encoded text) {
    return text.length() <= maxTokens ? text : text.truncated(maxTokens);
  }
}

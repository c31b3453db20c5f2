package io.llama3v.text;

import java.util.Arrays;
import java.util.List;

/**
 * Llama 3's conversation layout as token ids, with the label mask for training. Exactly one {@code <|begin_of_text|>} stands at the
 * front, and each turn is
 *
 * <pre>{@code <|start_header_id|>role<|end_header_id|>\n\n content <|eot_id|>}</pre>
 *
 * without the blanks shown around the content, whose own whitespace is kept. An image is one {@code <|image|>} in its place. Labels
 * cover the content of assistant turns and the {@code <|eot_id|>} that ends them; image tokens never count, their id being outside
 * the head's range. The blank line after a header is tokenized apart from the content. Source: Meta's {@code chat_format.py} and
 * {@code vision_prompt_format.md} (llama-models).
 */
public final class ChatTemplate {
  /** The same layout in Jinja, for {@code tokenizer_config.json}. */
  static final String JINJA = "{{- bos_token }}"
      + "{%- for message in messages %}"
      + "{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' }}"
      + "{%- if message['content'] is string %}{{- message['content'] }}"
      + "{%- else %}{%- for part in message['content'] %}"
      + "{%- if part['type'] == 'image' %}{{- '<|image|>' }}"
      + "{%- elif part['type'] == 'text' %}{{- part['text'] }}{%- endif %}"
      + "{%- endfor %}{%- endif %}"
      + "{{- '<|eot_id|>' }}"
      + "{%- endfor %}"
      + "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- endif %}";

  private final Tokenizer tokenizer;
  private final int image;
  private final int beginOfText;
  private final int endOfText;
  private final int startHeader;
  private final int endHeader;
  private final int endOfTurn;
  private final int[] blankLine;

  /** A template whose image token is {@link Tokenizer#imageTokenId()}. */
  public ChatTemplate(Tokenizer tokenizer) {
    this(tokenizer, tokenizer.imageTokenId());
  }

  /**
   * @param imageTokenId the model's image token, where its configuration names another than the tokenizer's
   * @throws IllegalArgumentException if the tokenizer lacks one of Llama 3's special tokens
   */
  public ChatTemplate(Tokenizer tokenizer, int imageTokenId) {
    this.tokenizer = tokenizer;
    this.image = imageTokenId;
    this.beginOfText = special(SpecialTokens.BEGIN_OF_TEXT);
    this.endOfText = special(SpecialTokens.END_OF_TEXT);
    this.startHeader = special(SpecialTokens.START_HEADER);
    this.endHeader = special(SpecialTokens.END_HEADER);
    this.endOfTurn = special(SpecialTokens.END_OF_TURN);
    this.blankLine = tokenizer.encode("\n\n");
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  public int imageTokenId() {
    return image;
  }

  /** Ids at which generation ends: the end of a turn and the end of the text. */
  public int[] stopIds() {
    return new int[] {endOfTurn, endOfText};
  }

  /**
   * Lays out a conversation.
   *
   * @param addGenerationPrompt whether an assistant's header follows, for the model to continue
   * @throws IllegalArgumentException if an image's explicit index is not the next one
   */
  public Encoded encode(List<Message> messages, boolean addGenerationPrompt) {
    Writer out = new Writer();
    out.add(beginOfText, false);
    for (Message message : messages) {
      boolean learned = message.role() == Role.ASSISTANT;
      header(out, message.role());
      content(out, message, learned);
      out.add(endOfTurn, learned);
    }
    if (addGenerationPrompt) {
      header(out, Role.ASSISTANT);
    }
    return out.finish();
  }

  /**
   * An image–text pair for a base model: {@code <|begin_of_text|><|image|>…caption<|end_of_text|>}, labels on the caption and the end.
   *
   * @param images how many image tokens precede the caption; 0 for text alone
   */
  public Encoded encodeCaption(String caption, int images) {
    return caption(caption, images, true);
  }

  /** The same without the end, for a base model to continue; {@code ""} asks for a whole caption. */
  public Encoded captionPrompt(String start, int images) {
    return caption(start, images, false);
  }

  private Encoded caption(String caption, int images, boolean end) {
    if (images < 0) {
      throw new IllegalArgumentException(images + " images");
    }
    Writer out = new Writer();
    out.add(beginOfText, false);
    for (int i = 0; i < images; i++) {
      out.image();
    }
    out.addAll(tokenizer.encode(caption), end);
    if (end) {
      out.add(endOfText, true);
    }
    return out.finish();
  }

  private void header(Writer out, Role role) {
    out.add(startHeader, false);
    out.addAll(tokenizer.encode(role.header()), false);
    out.add(endHeader, false);
    out.addAll(blankLine, false);
  }

  private void content(Writer out, Message message, boolean learned) {
    // Neighbouring texts are one text: where they were cut must not show in the tokens.
    StringBuilder text = new StringBuilder();
    for (Content part : message.content()) {
      if (part instanceof Content.Text words) {
        text.append(words.text());
      } else if (part instanceof Content.Image picture) {
        out.addAll(tokenizer.encode(text.toString()), learned);
        text.setLength(0);
        if (picture.index() != Content.Image.NEXT && picture.index() != out.images.size()) {
          throw new IllegalArgumentException("image " + picture.index() + " stands where image " + out.images.size()
              + " is due; number images in the order in which the conversation shows them and reorder the pictures to match");
        }
        out.image();
      }
    }
    out.addAll(tokenizer.encode(text.toString()), learned);
  }

  private int special(String name) {
    return tokenizer.specialId(name).orElseThrow(() -> new IllegalArgumentException("the tokenizer has no special token " + name
        + ", which Llama 3's layout needs; it has " + tokenizer.specialTokens().keySet().stream().limit(12).toList()));
  }

  /** Collects a sequence and its labels. */
  private final class Writer {
    private final IntList ids = new IntList();
    private final IntList labels = new IntList();
    private final IntList images = new IntList();

    void add(int id, boolean learned) {
      ids.add(id);
      labels.add(learned ? id : Encoded.IGNORE);
    }

    void addAll(int[] tokens, boolean learned) {
      ids.addAll(tokens);
      int[] own = tokens;
      if (!learned) {
        own = new int[tokens.length];
        Arrays.fill(own, Encoded.IGNORE);
      }
      labels.addAll(own);
    }

    void image() {
      images.add(ids.size());
      add(image, false);
    }

    Encoded finish() {
      return new Encoded(ids.toArray(), labels.toArray(), images.toArray());
    }
  }
}

package io.llama3v.text;

import java.util.List;

/** Names of Llama 3's special tokens. */
public final class SpecialTokens {
  public static final String BEGIN_OF_TEXT = "<|begin_of_text|>";
  public static final String END_OF_TEXT = "<|end_of_text|>";
  /** Fills rows of a batch up to a common length. */
  public static final String PAD = "<|finetune_right_pad_id|>";
  public static final String START_HEADER = "<|start_header_id|>";
  public static final String END_HEADER = "<|end_header_id|>";
  public static final String END_OF_MESSAGE = "<|eom_id|>";
  /** Ends a turn of a conversation. */
  public static final String END_OF_TURN = "<|eot_id|>";
  public static final String PYTHON_TAG = "<|python_tag|>";
  /** Stands for one image; the text after it attends to that image. */
  public static final String IMAGE = "<|image|>";

  /** What a vocabulary of one's own needs for chat, captions and padding; {@link #IMAGE} is always added after them. */
  public static final List<String> CHAT =
      List.of(BEGIN_OF_TEXT, END_OF_TEXT, PAD, START_HEADER, END_HEADER, END_OF_TURN);

  private SpecialTokens() {}

  /** Name of the {@code n}-th reserved token, as Llama 3 writes it. */
  static String reserved(int n) {
    return "<|reserved_special_token_" + n + "|>";
  }
}

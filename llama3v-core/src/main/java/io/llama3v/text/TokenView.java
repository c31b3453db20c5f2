package io.llama3v.text;

import java.util.Locale;

/**
 * Shows a sample as the model gets it: one line a token with its position, id, text, a mark where it counts in the loss, and the
 * images that it may attend to.
 */
public final class TokenView {
  private final Tokenizer tokenizer;
  private final int imageTokenId;

  public TokenView(Tokenizer tokenizer) {
    this(tokenizer, tokenizer.imageTokenId());
  }

  public TokenView(Tokenizer tokenizer, int imageTokenId) {
    this.tokenizer = tokenizer;
    this.imageTokenId = imageTokenId;
  }

  /** The view as lines of text, the first two a summary and the column heads. */
  public String render(Encoded sample) {
    CrossAttentionSpans spans = CrossAttentionSpans.of(sample);
    StringBuilder out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%d tokens, %d in the loss, %d images%n", sample.length(), sample.labelled(),
        spans.images()));
    out.append(String.format(Locale.ROOT, "%5s %7s  loss  %-28s %s%n", "at", "id", "token", spans.images() > 0 ? "sees image" : ""));
    for (int i = 0; i < sample.length(); i++) {
      String mark = sample.labels()[i] == Encoded.IGNORE ? "." : sample.labels()[i] == sample.ids()[i] ? "*" : "!";
      String line = String.format(Locale.ROOT, "%5d %7d   %s    %-28s %s", i, sample.ids()[i], mark, token(sample.ids()[i]),
          seen(spans, i));
      out.append(line.stripTrailing()).append(System.lineSeparator());
    }
    return out.toString();
  }

  /** One token with white space and control characters made visible. */
  public String token(int id) {
    if (id == imageTokenId) {
      return SpecialTokens.IMAGE;
    }
    String text = tokenizer.tokenText(id);
    if (tokenizer.specialTokens().containsKey(text)) {
      return text;
    }
    StringBuilder visible = new StringBuilder("\"");
    text.codePoints().forEach(c -> {
      switch (c) {
        case '\n' -> visible.append("\\n");
        case '\r' -> visible.append("\\r");
        case '\t' -> visible.append("\\t");
        case '"', '\\' -> visible.append('\\').append((char) c);
        default -> {
          int type = Character.getType(c);
          boolean unseen = type == Character.CONTROL || type == Character.FORMAT || type == Character.UNASSIGNED
              || Character.isWhitespace(c) && c != ' ';
          visible.append(unseen ? String.format(Locale.ROOT, "\\u{%X}", c) : Character.toString(c));
        }
      }
    });
    return visible.append('"').toString();
  }

  private static String seen(CrossAttentionSpans spans, int position) {
    StringBuilder images = new StringBuilder();
    for (int image = 0; image < spans.images(); image++) {
      if (spans.sees(position, image)) {
        images.append(images.length() == 0 ? "" : " ").append(image);
      }
    }
    return images.toString();
  }
}

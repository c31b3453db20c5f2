package io.llama3v.data.document.html;

import io.llama3v.data.document.Box;
import io.llama3v.data.document.ElementBox;
import io.llama3v.data.document.Page;
import io.llama3v.data.document.TextBox;
import io.llama3v.image.ImageEdits;
import java.util.ArrayList;
import java.util.List;

/** Cuts a high picture between lines of text into pieces that are not higher than allowed. */
final class PageCutter {
  private PageCutter() {}

  static List<Page> cut(Page whole, int height) {
    if (whole.image().height() <= height) return List.of(whole);
    boolean[] text = new boolean[whole.image().height() + 1]; // whether a cut above that row goes through a word
    for (TextBox word : whole.words()) {
      for (int y = word.box().top() + 1; y < word.box().bottom(); y++) text[y] = true;
    }
    List<Page> pieces = new ArrayList<>();
    for (int top = 0; top < whole.image().height();) {
      int bottom = Math.min(whole.image().height(), top + height);
      if (bottom < whole.image().height()) {
        int at = bottom;
        while (at > top + height / 2 && text[at]) at--;
        if (!text[at]) { // else a drawing without a gap: words on the cut belong to neither piece
          bottom = at;
          while (at > top + height / 2 && !text[at - 1]) at--;
          bottom = (at + bottom) / 2;
        }
      }
      Page piece = piece(whole, top, bottom);
      if (!piece.words().isEmpty()) pieces.add(piece);
      top = bottom;
    }
    return pieces;
  }

  private static Page piece(Page whole, int top, int bottom) {
    Box window = new Box(0, top, whole.image().width(), bottom);
    List<TextBox> words = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int at = 0;
    boolean first = true;
    for (TextBox word : whole.words()) {
      int start = whole.text().indexOf(word.text(), at);
      String between = whole.text().substring(at, start);
      at = start + word.text().length();
      if (!window.contains(word.box())) continue;
      if (!first) text.append(between.isEmpty() ? " " : between);
      text.append(word.text());
      words.add(new TextBox(word.text(), word.box().moved(0, -top)));
      first = false;
    }
    List<ElementBox> elements = whole.elements().stream().filter(e -> window.contains(e.box()))
        .map(e -> new ElementBox(e.tag(), e.text(), e.code(), e.box().moved(0, -top))).toList();
    return new Page(ImageEdits.crop(whole.image(), 0, top, whole.image().width(), bottom - top), text.toString(), words, elements);
  }
}

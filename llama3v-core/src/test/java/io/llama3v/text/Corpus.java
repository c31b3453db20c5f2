package io.llama3v.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Text for tests, the same at every run. */
final class Corpus {
  /** Strings that tokenizers get wrong. */
  static final List<String> NASTY = List.of("", " ", "  ", "\n", "\n\n\n", " \n \t x", "a", "Hello, world!", "don't WE'LL it'S",
      "12345678 1,234.50 ٣٤٥ Ⅷ ½", "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67\u200D\uD83D\uDC66 family", "e\u0301\u0323 ñ Å",
      "שלום עולם \u202Eabc\u202C مرحبا", "日本語のテキスト 中文", "नमस्ते", "tab\tand\u00A0nbsp\u3000ideographic", "\r\n windows \r\n",
      "trailing space ", "   leading", "a\u0000b", "x\uFEFFy", "\uD835\uDD4F math", "<|eot_id|><|image|>", "<|begin_of_text|>hi",
      "ſ'ſ K'S", "_under_score__", "----------------", "C:\\path\\to", "🇩🇪🏳️‍🌈👍🏽", "\u2028line\u2029sep\u0085nel", "ﬁ ligature");

  private Corpus() {}

  /** Sentences about small scenes, {@code count} of them. */
  static List<String> sentences(int count) {
    String[] colours = {"red", "green", "blue", "yellow", "violet", "dark orange"};
    String[] things = {"heart", "arrow-left", "umbrella", "calendar", "mouse pointer", "flag of Norway", "tree", "battery", "camera"};
    String[] places = {"top left corner", "top right corner", "bottom left corner", "middle", "background"};
    Random random = new Random(7);
    List<String> sentences = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      sentences.add("A " + colours[random.nextInt(colours.length)] + " " + things[random.nextInt(things.length)] + " in the "
          + places[random.nextInt(places.length)] + ", with " + random.nextInt(1000) + " others.\nWhat's it? It's a "
          + Integer.toString(random.nextInt(1 << 20), 36) + "!");
    }
    return sentences;
  }
}

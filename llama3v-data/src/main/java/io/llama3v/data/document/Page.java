package io.llama3v.data.document;

import io.llama3v.image.RgbImage;
import java.util.List;

/**
 * A picture of a document, or of a part of it, with what it says.
 *
 * @param image    the picture
 * @param text     the words that stand on it, in reading order, a line for each line or block
 * @param words    every word and its box
 * @param elements boxes of elements of the source, where the source has elements
 */
public record Page(RgbImage image, String text, List<TextBox> words, List<ElementBox> elements) {
  public Page {
    words = List.copyOf(words);
    elements = List.copyOf(elements);
  }
}

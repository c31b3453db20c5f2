package io.llama3v.data.document.grounding;

import io.llama3v.data.document.Box;

/**
 * Something on a picture that can be named: an icon, a word, a heading.
 *
 * @param name  what it is called in questions and answers; no two targets of a picture have the same
 * @param words whether the name is text that is written there
 */
public record Target(String name, boolean words, Box box) {
  /** As in "Where is …?": text in quotation marks, a thing with its article. */
  String phrase() {
    return words ? "the text \"" + name + "\"" : "the " + name;
  }
}

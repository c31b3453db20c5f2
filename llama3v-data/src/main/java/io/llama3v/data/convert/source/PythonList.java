package io.llama3v.data.convert.source;

import java.util.ArrayList;
import java.util.List;

/** A list of strings as Python prints it: {@code ['$6', "it's"]}. MMMU's options are written so. */
final class PythonList {
  private final String text;
  private int at;

  private PythonList(String text) {
    this.text = text;
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException if it is none, saying at which character
   */
  static List<String> parse(String text) {
    PythonList p = new PythonList(text.strip());
    List<String> all = p.list();
    if (p.at != p.text.length()) throw p.wrong("the end");
    return all;
  }

  private List<String> list() {
    List<String> all = new ArrayList<>();
    expect('[');
    blanks();
    while (peek() != ']') {
      all.add(string());
      blanks();
      if (peek() != ']') expect(',');
      blanks();
    }
    at++;
    return all;
  }

  private String string() {
    char quote = peek();
    if (quote != '\'' && quote != '"') throw wrong("a quoted string");
    at++;
    StringBuilder out = new StringBuilder();
    for (char c = peek(); c != quote; c = peek()) {
      at++;
      if (c == '\\') escape(out);
      else out.append(c);
    }
    at++;
    return out.toString();
  }

  private void escape(StringBuilder out) {
    char c = peek();
    at++;
    switch (c) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case 'x' -> out.appendCodePoint(hex(2));
      case 'u' -> out.appendCodePoint(hex(4));
      case 'U' -> out.appendCodePoint(hex(8));
      case '\\', '\'', '"' -> out.append(c);
      default -> out.append('\\').append(c); // as in Python: an unknown escape stays
    }
  }

  private int hex(int digits) {
    if (at + digits > text.length()) throw wrong(digits + " hexadecimal digits");
    try {
      int code = Integer.parseUnsignedInt(text.substring(at, at + digits), 16);
      if (!Character.isValidCodePoint(code)) throw wrong("a character");
      at += digits;
      return code;
    } catch (NumberFormatException e) {
      throw wrong(digits + " hexadecimal digits");
    }
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
  }

  private void expect(char c) {
    if (peek() != c) throw wrong("'" + c + "'");
    at++;
  }

  private char peek() {
    if (at >= text.length()) throw wrong("more");
    return text.charAt(at);
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException("expected " + expected + " at character " + at + " of the list " + text);
  }
}

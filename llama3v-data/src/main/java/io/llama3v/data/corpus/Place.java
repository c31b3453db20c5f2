package io.llama3v.data.corpus;

import java.util.List;

/** Where an object stands on a canvas, as one says it. The fractions are the cell it stands in. */
enum Place {
  WHOLE("", "", 0, 0, 1, 1),
  TOP_LEFT("top left", "in the top left corner", 0, 0, 2, 2),
  TOP_RIGHT("top right", "in the top right corner", 1, 0, 2, 2),
  BOTTOM_LEFT("bottom left", "in the bottom left corner", 0, 1, 2, 2),
  BOTTOM_RIGHT("bottom right", "in the bottom right corner", 1, 1, 2, 2),
  LEFT("left", "on the left", 0, 0, 2, 1),
  RIGHT("right", "on the right", 1, 0, 2, 1),
  TOP("top", "at the top", 0, 0, 1, 2),
  BOTTOM("bottom", "at the bottom", 0, 1, 1, 2);

  static final List<Place> CORNERS = List.of(TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT);
  private final String word;
  private final String phrase;
  private final int column;
  private final int row;
  private final int columns;
  private final int rows;

  Place(String word, String phrase, int column, int row, int columns, int rows) {
    this.word = word;
    this.phrase = phrase;
    this.column = column;
    this.row = row;
    this.columns = columns;
    this.rows = rows;
  }

  String word() {
    return word;
  }

  String phrase() {
    return phrase;
  }

  Cell cell(int width, int height) {
    return Cell.of(column, row, columns, rows, width, height);
  }
}

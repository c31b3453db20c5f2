package io.llama3v.data.corpus;

/** A rectangle of a canvas that one object may use, in pixels. */
record Cell(int x, int y, int width, int height) {
  static Cell of(int column, int row, int columns, int rows, int width, int height) {
    int x = column * width / columns;
    int y = row * height / rows;
    return new Cell(x, y, (column + 1) * width / columns - x, (row + 1) * height / rows - y);
  }
}

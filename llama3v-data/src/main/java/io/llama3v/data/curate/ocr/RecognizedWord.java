package io.llama3v.data.curate.ocr;

/**
 * A word read in a picture.
 *
 * @param text       what it says
 * @param confidence of the recogniser, 0 to 100
 * @param line       number of its line, from the top, counted from 0
 * @param x          left border in pixels of the picture
 * @param y          upper border
 * @param width      in pixels
 * @param height     in pixels
 */
public record RecognizedWord(String text, float confidence, int line, int x, int y, int width, int height) {}

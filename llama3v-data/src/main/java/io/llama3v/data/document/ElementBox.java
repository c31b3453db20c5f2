package io.llama3v.data.document;

/**
 * An element of the source and where it is drawn.
 *
 * @param tag  the element's name: {@code h1}, {@code td}
 * @param text its text, white space collapsed
 * @param code its source
 * @param box  its border box, on the picture
 */
public record ElementBox(String tag, String text, String code, Box box) {}

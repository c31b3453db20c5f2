package io.llama3v.data.document;

/**
 * A question about a picture and its answer.
 *
 * @param kind what is asked, in a word: {@code transcribe}, {@code highest}
 */
public record Turn(String kind, String question, String answer) {}

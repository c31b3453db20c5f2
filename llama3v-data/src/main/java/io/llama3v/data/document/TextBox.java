package io.llama3v.data.document;

/** A piece of text, usually a word, and where it stands. */
public record TextBox(String text, Box box) {}

package io.llama3v.data.convert.text;

/** What the user says and what the assistant answers. */
public record Turn(String question, String answer) {}

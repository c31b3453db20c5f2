package io.llama3v.image;

/** What becomes of an image's transparent parts when it is reduced to RGB. */
public enum Transparency {
  /** Laid on a white background, as Hugging Face's Mllama processor does. */
  ON_WHITE,
  /** The alpha channel is dropped and the hidden colours show, as Hugging Face's CLIP processor does. */
  DROP
}

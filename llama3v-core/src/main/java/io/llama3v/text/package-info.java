/**
 * Text in and out: tokenizers (Hugging Face {@code tokenizer.json}, Llama 3's tiktoken file, CLIP's byte-pair encoding), a trainer
 * for a byte-level vocabulary of one's own, the Llama 3 chat layout with its label mask, and the spans of text that see each image.
 *
 * <p>Text given to a tokenizer is only ever text: the name of a special token that occurs in it is spelled out in ordinary tokens.
 * Special ids enter a sequence through {@link io.llama3v.text.ChatTemplate} alone, so no caption, question or file can forge a turn.
 */
package io.llama3v.text;

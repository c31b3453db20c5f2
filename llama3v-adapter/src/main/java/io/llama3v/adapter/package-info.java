/**
 * Gated cross-attention adapters between a vision transformer and a frozen Llama: the {@link
 * io.llama3v.adapter.VisionLanguageModel} of Llama 3.2 Vision, new or loaded.
 */
package io.llama3v.adapter;
